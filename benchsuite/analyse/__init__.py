"""Pure functions from records to figures: intervals, paired comparisons, verdicts, rates, derived rows.

Reads no file, no clock and no option, formats no number, and knows no backend by name.
"""
