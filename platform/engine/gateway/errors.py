"""How a model call fails, each way with its own code, and what each way means for the next step.

Invariant: no prompt, answer or key is ever part of a message; pure Python, so the agent loop may catch these.

| error                     | kind      | the provider's fault | another route may help        |
|---------------------------|-----------|----------------------|-------------------------------|
| timeouts, unreachable     | transient | yes                  | yes                           |
| server error (5xx, 408)   | transient | yes                  | yes                           |
| cut, malformed            | transient | yes                  | yes, in a new draft when some |
|                           |           |                      | text was passed on            |
| rate limited (429)        | transient | no: it does its part | yes                           |
| pool exhausted            | transient | no: we did not ask   | yes                           |
| breaker open              | transient | no: we did not ask   | yes                           |
| key refused, quota spent  | permanent | yes, for long        | yes                           |
| bad request, reply large  | permanent | no                   | only at another provider      |
| anything else             | unknown   | no                   | yes                           |

"The provider's fault" is what its breaker counts; "for long" opens it at once, since nothing but a person's hand helps.
A bad request that names the model (404, or a prompt too long for it) is another model's chance at the same provider.
"""

from __future__ import annotations

from typing import Literal

from core.errors import Unavailable
from engine.gateway.protocol import Attempt, Usage

Kind = Literal["transient", "permanent", "unknown"]

# Seconds for which an account is left alone that needs a person to look after it.
UNTIL_SOMEBODY_LOOKS = 300.0
_ABOUT_THE_MODEL = ("404", "context_length_exceeded", "model_not_found")


class ModelError(Unavailable):
    """A model call failed.

    Args:
        message: what to tell the person; the class's own sentence when empty.
        retry_after: seconds the provider asked to wait, if it did.
        usage: tokens spent before the failure (an estimate), so that they can be paid for.
        detail: the provider's own error code or HTTP status, for logs.

    `kind`: whether another try of the same request may succeed. `counts_against_provider`: see the table; `opens_for`:
    seconds to leave the provider's account alone at once. A chain adds `route`, where it failed last, and `attempts`,
    all that failed, this one included: then those are to be paid for, and not `usage` again.
    """

    code = "model_error"
    default_message = "The AI model is out of reach for the moment. Try again shortly or ask for a person."
    kind: Kind = "unknown"
    counts_against_provider = False
    opens_for = 0.0

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
        self.route = ""
        self.attempts: tuple[Attempt, ...] = ()
        self.ends = 0.0
        """The running loop's time at which the chain's deadline passes; 0 outside a chain."""

    @property
    def transient(self) -> bool:
        return self.kind == "transient"

    @property
    def blames_request(self) -> bool:
        """Whether the same provider would refuse the request with another model too."""
        return False


class ModelTimeout(ModelError):
    code = "model_timeout"
    default_message = "The AI model took too long. Try again shortly or ask for a person."
    kind = "transient"
    counts_against_provider = True


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
    kind = "transient"
    counts_against_provider = True


class ModelRateLimited(ModelError):
    code = "model_rate_limited"
    default_message = "The AI model is busy. Try again shortly or ask for a person."
    kind: Kind = "transient"


class PoolExhausted(ModelRateLimited):
    """This tenant's part of the account is used up for the moment. Nothing was asked of the provider."""

    code = "model_pool_exhausted"


class ModelQuotaSpent(ModelRateLimited):
    """The account behind the key has nothing left: waiting does not help."""

    kind = "permanent"
    counts_against_provider = True
    opens_for = UNTIL_SOMEBODY_LOOKS


class ModelBreakerOpen(ModelError):
    """The provider failed too often lately and is left alone. Nothing was asked of it."""

    code = "model_breaker_open"
    kind = "transient"


class ModelServerError(ModelError):
    code = "model_server_error"
    kind = "transient"
    counts_against_provider = True


class ModelRefused(ModelError):
    """The provider does not accept the key, or the key may not use the model."""

    code = "model_refused"
    default_message = "The AI model refused our key. An administrator has to check the provider's settings."
    kind = "permanent"
    counts_against_provider = True
    opens_for = UNTIL_SOMEBODY_LOOKS


class ModelBadRequest(ModelError):
    code = "model_bad_request"
    default_message = (
        "The AI model did not accept the request. An administrator has to check the model's settings."
    )
    kind = "permanent"

    @property
    def blames_request(self) -> bool:
        return not any(word in self.detail for word in _ABOUT_THE_MODEL)


class ModelStreamCut(ModelError):
    """The stream ended before the model said that it was done."""

    code = "model_stream_cut"
    kind = "transient"
    counts_against_provider = True


class ModelMalformed(ModelError):
    """The provider sent something that is not the protocol."""

    code = "model_malformed"
    kind = "transient"
    counts_against_provider = True


class ModelReplyTooLarge(ModelError):
    code = "model_reply_too_large"
    kind = "permanent"

    @property
    def blames_request(self) -> bool:
        return True
