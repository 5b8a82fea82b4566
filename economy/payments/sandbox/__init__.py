"""A payment provider for development and tests: a program of its own that knows this product by its public doors only.

It stands for a stranger. So it is written with Python's standard library alone, keeps its own books, has its own clock
and key, and imports nothing of ours; a test holds it to that. `make run` starts it as a process beside the others.
"""
