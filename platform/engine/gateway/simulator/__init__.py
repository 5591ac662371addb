"""A stand-in for a model provider: the same protocol over HTTP, made-up answers, faults on request.

Invariant: never leaves the machine, never needs the database, and the same request gets the same answer.
"""
