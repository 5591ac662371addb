"""What a browser sends when somebody saves a page of the console."""

from __future__ import annotations

from typing import Any


def filled_in(reply: Any, **more: Any) -> dict[str, Any]:
    """The fields of every form of the page as they were shown, with what a person changed; None empties one."""
    sent: dict[str, Any] = {}
    for form in _forms(reply.context):
        for bound in form:
            value = bound.value()
            if hasattr(bound.field, "prepare_value"):
                value = bound.field.prepare_value(value)
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else value
    return {name: value for name, value in {**sent, **more}.items() if value is not None}


def _forms(context: Any) -> list[Any]:
    found = [context["form"]]
    for name in ("holidays", "steps"):
        if name in context:
            found += [context[name].management_form, *context[name]]
    return found
