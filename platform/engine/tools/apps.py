from django.apps import AppConfig


class ToolsConfig(AppConfig):
    name = "engine.tools"
    label = "tools"
