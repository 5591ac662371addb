"""When spending is far above its own history.

Invariant: pure; robust against the peaks it looks for. The middle and the spread are the median and the median
absolute deviation (MAD), which half of the values cannot move (Hampel 1974); 1.4826 makes the MAD an estimate of the
standard deviation. Quiet histories have no spread at all, so a floor and a multiple of the median must be passed too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as unusual.

    Attributes:
        floor: nanos below which nothing is unusual.
        deviations: how many robust standard deviations above the median.
        times: how many times the median, at least.
        least_history: with fewer values than this nothing can be said, and nothing is.
    """

    floor: int
    deviations: float = 6.0
    times: float = 3.0
    least_history: int = 12


def bound(history: Sequence[int], rule: Rule) -> int | None:
    """The most that is still usual, in nanos; None when the history is too short to say."""
    if len(history) < rule.least_history:
        return None
    middle = median(history)
    spread = median(abs(value - middle) for value in history) * _MAD_TO_DEVIATION
    return max(rule.floor, int(middle + rule.deviations * spread), int(middle * rule.times))


def is_unusual(current: int, history: Sequence[int], rule: Rule) -> bool:
    """Whether `current` is above what the history makes usual. Both are sums of nanos over spans of one length."""
    most = bound(history, rule)
    return most is not None and current > most
