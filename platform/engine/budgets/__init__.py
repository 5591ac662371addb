"""What a model call may cost and did cost: prices, usage, budgets, reservations."""
