"""What makes an answer. Knows nothing of chat screens or desks."""
