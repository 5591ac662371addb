"""The functions that move money touch purses one by one, those that all calls share last."""

from pathlib import Path

from django.db import migrations

_FOLDER = Path(__file__).with_name("functions")


def _function(name: str) -> migrations.RunSQL:
    before = (_FOLDER / f"{name}.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    return migrations.RunSQL((_FOLDER / "second" / f"{name}.sql").read_text(), before)


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0001_initial"),
    ]

    operations = [_function(name) for name in ("lock", "move", "reserve", "settle")]
