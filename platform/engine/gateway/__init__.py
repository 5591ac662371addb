"""The only code that speaks to a model vendor."""
