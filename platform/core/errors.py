"""The named facts that go wrong. Every door translates them once: problem+json, a socket frame, a page.

Invariant: an error that a person or a client may see has a stable `code`, an HTTP `status` and a sentence
that says what to do next; nothing here imports a framework.
"""

from __future__ import annotations


class SwitchboardError(Exception):
    """Base of all coded errors.

    Args:
        message: what to tell the person; the class's own sentence when empty.
        retry_after: seconds after which trying again makes sense, if it ever does.

    `data` are facts for programs, such as who has what was asked for.
    """

    code = "internal_error"
    status = 500
    default_message = "Something went wrong on our side. Try again in a moment."

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message or self.default_message)
        self.retry_after = retry_after
        self.data: dict[str, str] = {}

    @property
    def message(self) -> str:
        return str(self.args[0])


class Invalid(SwitchboardError):
    code = "invalid"
    status = 400
    default_message = "The request could not be understood. Check its format."


class NotAuthorised(SwitchboardError):
    code = "not_authorised"
    status = 401
    default_message = "Sign in or send a valid key or token."


class Forbidden(SwitchboardError):
    code = "forbidden"
    status = 403
    default_message = "Your role or key does not allow this."


class NotFound(SwitchboardError):
    code = "not_found"
    status = 404
    default_message = "There is nothing here by that name."


class Conflict(SwitchboardError):
    code = "conflict"
    status = 409
    default_message = "Somebody changed this meanwhile. Reload and try again."


class TooLarge(SwitchboardError):
    code = "too_large"
    status = 413
    default_message = "That is larger than is accepted here."


class Unprocessable(SwitchboardError):
    code = "unprocessable"
    status = 422
    default_message = "The request is well formed but cannot be carried out."


class TooMany(SwitchboardError):
    code = "too_many"
    status = 429
    default_message = "Too many requests. Wait a moment."


class Unavailable(SwitchboardError):
    code = "unavailable"
    status = 503
    default_message = "This is out of reach for the moment. Try again shortly."
