"""Faults of ciphers and signers: what is struck, what becomes of it, and what should.

A trial is a message with a fault in what is received or within the cipher, or a signature made wrongly.
Engines answer for faults in what they are given; for those within, the suite's own cipher does.
"""
