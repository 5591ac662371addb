"""Pictures of the running demo."""
