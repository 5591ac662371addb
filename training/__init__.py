"""Trains the weights that the guardrails ship, from the development data. Not part of the installed product."""
