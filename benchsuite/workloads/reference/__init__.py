"""Slow, obvious oracles in pure Python, written from the standards. Know no workload, array or engine."""
