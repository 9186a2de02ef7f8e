"""What an engine does when bits flip: error models, outcomes, and campaigns of trials that are counted.

Knows no code's mathematics, no backend by name, no file and no table; reads no clock.
"""
