from django.apps import AppConfig


class MatrixConfig(AppConfig):
    name = "engine.matrix"
    label = "matrix"
