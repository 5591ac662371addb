from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "engine.knowledge"
    label = "knowledge"

    def ready(self) -> None:
        from engine.knowledge.tools import SEARCH_KNOWLEDGE
        from engine.tools.registry import register

        register(SEARCH_KNOWLEDGE)
