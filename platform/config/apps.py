from django.contrib.admin.apps import AdminConfig


class ConsoleAdminConfig(AdminConfig):
    """Django's admin with our console as its site, so that the apps below register without knowing it."""

    default_site = "config.console.Console"

    def ready(self) -> None:
        super().ready()
        from config import checks  # noqa: F401 — registers them
