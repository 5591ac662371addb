from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        from conversations.profile import CUSTOMER_PROFILE
        from conversations.verification_tools import TOOLS
        from engine.tools.registry import register

        for tool in (CUSTOMER_PROFILE, *TOOLS):
            register(tool)
