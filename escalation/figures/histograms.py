"""Times as histograms that add up: any quantile of any hours together is right within two percent.

The buckets are those of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019): bucket i holds the values of (γ^(i-1), γ^i] with γ = (1 + α) / (1 - α), so that
a bucket's middle is within α of all that it holds, and two histograms are merged by adding their counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

ALPHA = 0.02
"""The largest relative error of a quantile."""
GAMMA = (1 + ALPHA) / (1 - ALPHA)
BUCKET = f"ceil(ln(greatest({{value}}, 1)::float8) / {math.log(GAMMA)!r})::integer"
"""A value's bucket as SQL; `value` is in milliseconds, and counts as 1 below that."""


def bucket_of(value: float) -> int:
    """The bucket of a value in milliseconds, as the database has it."""
    return math.ceil(math.log(max(value, 1)) / math.log(GAMMA))


def quantile(histogram: Mapping[int, int], share: float) -> float | None:
    """What `share` of the values are not above, in milliseconds, within two percent; None where there is no value.

    Args:
        share: 0 to 1, such as 0.95.
    """
    number = sum(histogram.values())
    if number <= 0:
        return None
    rank, seen = share * (number - 1), 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen > rank:
            return 2 * GAMMA**bucket / (GAMMA + 1)
    return None
