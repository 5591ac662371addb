"""Bounded, paired loads on loopback: what a turn, a frame, a socket and a search cost beside plain code.

How to read the table, and the traps: docs/benchmarks.md.
"""
