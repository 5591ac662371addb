from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "engine.releases"
    label = "releases"
