from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "engine.budgets"
    label = "budgets"
