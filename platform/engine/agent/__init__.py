"""The loop that answers one turn. Pure Python: no ORM, no HTTP, no vendor SDK."""
