"""What many processes work on together: the ledger of chunks.

Knows no benchmark, no backend and no result's meaning: a chunk is its number and what it came to, as text.
"""
