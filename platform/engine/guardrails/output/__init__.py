"""What the customer is about to read: held back to whole sentences, checked, then released.

Invariant: no character reaches the customer that no check has seen. Pure Python; nothing here imports Django.
"""
