"""Protections of stored objects, struck alike: what each stores, what errors do to it, what theory says.

Knows no table and measures no time.
"""
