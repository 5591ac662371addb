"""What customers asked and the knowledge did not answer."""
