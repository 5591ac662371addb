from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "engine.gateway"
    label = "gateway"
