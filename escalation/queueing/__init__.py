"""The queue of hand-offs: who is there, who gets what and when, what customers are promised, and whether it is kept."""
