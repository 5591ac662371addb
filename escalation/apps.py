from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"

    def ready(self) -> None:
        from conversations.profile import tell_also
        from escalation import tools
        from escalation.queries import open_tickets_of

        tools.register()
        tell_also("open_tickets", open_tickets_of)
