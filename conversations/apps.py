from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        from conversations.profile import CUSTOMER_PROFILE
        from engine.tools.registry import register

        register(CUSTOMER_PROFILE)
