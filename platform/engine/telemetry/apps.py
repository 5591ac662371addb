from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "engine.telemetry"
    label = "telemetry"
