from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "engine.evaluation"
    label = "evaluation"
