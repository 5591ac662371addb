"""How a model call fails, each way with its own code.

Invariant: no prompt, answer or key is ever part of a message; pure Python, so the agent loop may catch these.
"""

from __future__ import annotations

from core.errors import Unavailable
from engine.gateway.protocol import Usage


class ModelError(Unavailable):
    """A model call failed.

    Args:
        message: what to tell the person; the class's own sentence when empty.
        retry_after: seconds the provider asked to wait, if it did.
        usage: tokens spent before the failure (an estimate), so that they can be paid for.
        detail: the provider's own error code or HTTP status, for logs.

    `transient`: another try of the same request may succeed.
    """

    code = "model_error"
    default_message = "The AI model is out of reach for the moment. Try again shortly or ask for a person."
    transient = False

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage or Usage()
        self.detail = detail


class ModelTimeout(ModelError):
    code = "model_timeout"
    default_message = "The AI model took too long. Try again shortly or ask for a person."
    transient = True


class ConnectTimeout(ModelTimeout):
    code = "model_timeout_connect"


class FirstTokenTimeout(ModelTimeout):
    code = "model_timeout_first_token"


class BetweenTokensTimeout(ModelTimeout):
    code = "model_timeout_between_tokens"


class TotalTimeout(ModelTimeout):
    code = "model_timeout_total"


class ModelUnreachable(ModelError):
    code = "model_unreachable"
    transient = True


class ModelRateLimited(ModelError):
    code = "model_rate_limited"
    default_message = "The AI model is busy. Try again shortly or ask for a person."
    transient = True


class ModelQuotaSpent(ModelRateLimited):
    """The account behind the key has nothing left: waiting does not help."""

    transient = False


class ModelServerError(ModelError):
    code = "model_server_error"
    transient = True


class ModelRefused(ModelError):
    """The provider does not accept the key, or the key may not use the model."""

    code = "model_refused"
    default_message = "The AI model refused our key. An administrator has to check the provider's settings."


class ModelBadRequest(ModelError):
    code = "model_bad_request"
    default_message = (
        "The AI model did not accept the request. An administrator has to check the model's settings."
    )


class ModelStreamCut(ModelError):
    """The stream ended before the model said that it was done."""

    code = "model_stream_cut"
    transient = True


class ModelMalformed(ModelError):
    """The provider sent something that is not the protocol."""

    code = "model_malformed"
    transient = True


class ModelReplyTooLarge(ModelError):
    code = "model_reply_too_large"


class MoneySpent(ModelError):
    """A budget has nothing left for the call, which was not made; `scope` names the budget."""

    code = "money_spent"
    default_message = "The budget for answers is used up for now. A manager can raise it."

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope
