"""Tools that are ordinary web APIs."""
