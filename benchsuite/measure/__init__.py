"""Measures planned cells: gate, calibrate, warm up, sample, audit, stop.

Knows no backend by name, no file format, no table.
"""
