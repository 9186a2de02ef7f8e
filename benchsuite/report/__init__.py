"""Turns lines of run files into tables and text: the only package that formats a number.

Measures nothing, opens no file but in ``frame``, knows no backend by name and no terminal but its width.
"""
