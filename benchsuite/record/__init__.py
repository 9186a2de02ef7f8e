"""What a run file holds: frozen types, an append-only store, facts of the machine.

The only package that touches files of results. Knows no statistics and no table.
"""
