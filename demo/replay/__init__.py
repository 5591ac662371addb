"""Plays recorded support tasks through the whole platform, and holds everything it did against the record.

Invariant: the platform runs as in production, in processes of its own that may be killed; what stands around it (the
model, the shop, the customer) is ours, so that it can be asked afterwards what it saw.
"""
