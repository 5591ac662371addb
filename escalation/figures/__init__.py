"""Figures: what happened is counted by the hour, and shown, compared, listed and exported from there."""
