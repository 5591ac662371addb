from django.apps import AppConfig
from django.db.backends.signals import connection_created


def _guard_connection(sender: object, connection: object, **_: object) -> None:
    from core.scope import guard

    wrappers = connection.execute_wrappers  # type: ignore[attr-defined]
    if guard not in wrappers:
        wrappers.append(guard)


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        connection_created.connect(_guard_connection, dispatch_uid="core.scope.guard")
