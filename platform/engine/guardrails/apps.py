from django.apps import AppConfig


class GuardrailsConfig(AppConfig):
    name = "engine.guardrails"
    label = "guardrails"
