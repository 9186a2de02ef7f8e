"""benchsuite: verified, comparable benchmarks of cryptography and error-correcting codes.

"ECC" always means error-correcting codes, as in ECC memory; never elliptic curves.
"""

__version__ = "0.1.0"
