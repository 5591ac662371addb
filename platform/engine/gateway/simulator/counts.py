"""What the simulator has done so far, for tests of usage: `GET /stats`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO


@dataclass(slots=True)
class Counts:
    """Tokens are counted as reported when the usage was sent, as unreported when it was not."""

    log: TextIO | None = None
    _numbers: Counter[str] = field(default_factory=Counter)
    _statuses: Counter[int] = field(default_factory=Counter)

    def answered(self, status: int, facts: Mapping[str, Any]) -> None:
        """One request came to its end, or was refused; `facts` holds no text of it."""
        self._numbers["requests"] += 1
        self._statuses[status] += 1
        if self.log:
            self.log.write(json.dumps({"status": status, **facts}) + "\n")
            self.log.flush()

    def reported(self, usage: Mapping[str, int]) -> None:
        self._numbers["prompt_tokens"] += usage["prompt_tokens"]
        self._numbers["completion_tokens"] += usage.get("completion_tokens", 0)

    def unreported(self, tokens: int) -> None:
        self._numbers["unreported_tokens"] += tokens

    def as_dict(self) -> dict[str, Any]:
        names = ("requests", "prompt_tokens", "completion_tokens", "unreported_tokens")
        return {name: self._numbers[name] for name in names} | {"by_status": dict(self._statuses)}
