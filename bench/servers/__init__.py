"""The comparators: what the same turn costs without a product around it."""
