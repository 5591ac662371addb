"""How a tool's call fails, classed in one place: may it be tried again, and may it have had an effect.

Invariant: no argument, result or secret is part of a message.
"""

from __future__ import annotations

from typing import Literal

from core.errors import SwitchboardError

Effect = Literal["none", "unknown"]


class ToolError(SwitchboardError):
    """A call failed; `message` is for the model.

    `effect`: "none" when the call surely changed nothing, "unknown" when it may have.
    `transient`: the same call, under the same key, may succeed later.
    `settles`: what the server said under the key holds for the attempts before it as well.
    """

    code = "tool_failed"
    default_message = "The tool failed. Go on without it."
    effect: Effect = "none"
    transient = False
    settles = False


class ToolRefused(ToolError):
    """The tool's server understood the call and said no (an HTTP 4xx, an MCP `isError`)."""

    code = "tool_refused"
    default_message = "The tool refused the call."
    settles = True


class ToolBusy(ToolError):
    """HTTP 429 or 503: nothing was done; `retry_after` says when to come back."""

    code = "tool_busy"
    default_message = "The tool is busy just now. Go on without it."
    transient = True


class ToolUnreachable(ToolError):
    """No connection: nothing was sent."""

    code = "tool_unreachable"
    default_message = "The tool cannot be reached just now. Go on without it."
    transient = True


class ToolTimeout(ToolError):
    """Sent, and no whole answer in time."""

    code = "tool_timeout"
    default_message = "The tool took too long. Go on without it."
    effect: Effect = "unknown"
    transient = True


class ToolBroken(ToolError):
    """HTTP 5xx, or the answer was cut."""

    code = "tool_broken"
    default_message = "The tool failed. Go on without it."
    effect: Effect = "unknown"
    transient = True


class ToolResultInvalid(ToolError):
    """The answer does not fit the tool's schema, is too large or is no text. The call itself was carried out."""

    code = "tool_result_invalid"
    default_message = "The tool's answer could not be read. Go on without it."


class AddressRefused(ToolError):
    """The tool's address is not one that may be called."""

    code = "tool_address_refused"
    default_message = "The tool's address may not be called. A manager has to check the tool's settings."
