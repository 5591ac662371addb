"""The console's pages about people: tickets, when to hand over, what people's answers teach."""

from escalation.admin import aftercare, handing_over, suggestions, teams, texts, tickets

__all__ = ["aftercare", "handing_over", "suggestions", "teams", "texts", "tickets"]
