"""A working day of a support team, played with a simulated clock on the real services and the real database."""
