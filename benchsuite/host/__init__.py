"""Finds, isolates, blocks and lists plugins; plans cells with reasons; opens one backend in a worker.

Measures nothing and writes no file.
"""
