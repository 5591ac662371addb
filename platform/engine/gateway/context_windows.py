"""How many tokens a model can take in one call, the reply included, as the vendors state it.

Kept by family: within one, newer models take as much or more. Of a model that is not here nothing is known; then
UNKNOWN_MODEL_WINDOW holds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings

_FAMILIES: tuple[tuple[str, int], ...] = (
    (r"gpt-4\.1", 1_047_576),
    (r"gpt-5.*chat", 128_000),
    (r"gpt-5", 400_000),
    (r"gpt-4o|chatgpt-4o|gpt-4-turbo|gpt-4-1106|gpt-4-0125", 128_000),
    (r"gpt-4-32k", 32_768),
    (r"gpt-4\.5", 128_000),
    (r"gpt-4", 8_192),
    (r"gpt-3\.5", 16_385),
    (r"gpt-oss", 131_072),
    (r"o1-mini|o1-preview", 128_000),
    (r"o[134](?:-|$)", 200_000),
    (r"claude-(?:2\.0|instant)", 100_000),
    (r"claude", 200_000),
    (r"gemini-1\.5-pro", 2_097_152),
    (r"gemini", 1_048_576),
    (r"mistral-(?:large|medium|small)|ministral|codestral|magistral", 128_000),
    (r"open-mistral-7b|mistral-7b|mixtral-8x7b", 32_768),
    (r"mixtral", 65_536),
    (r"llama-?4", 1_000_000),
    (r"llama-?3\.[123]|llama-?3[123]", 128_000),
    (r"llama-?3", 8_192),
    (r"deepseek", 64_000),
    (r"grok", 131_072),
    (r"command-(?:r|a)", 128_000),
    (r"qwen", 32_768),
    (r"phi-4", 16_384),
)
_COMPILED = tuple(
    (re.compile(rf"(?:^|[/:@]|\b){pattern}", re.IGNORECASE), size) for pattern, size in _FAMILIES
)


@lru_cache(maxsize=1024)
def stated(model: str) -> int | None:
    """Tokens that a model takes; None of one that nothing is known about."""
    return next((size for pattern, size in _COMPILED if pattern.search(model)), None)


def context_window(model: str) -> int:
    """Tokens that a model takes, the stated setting where nothing is known of it."""
    return stated(model) or int(settings.UNKNOWN_MODEL_WINDOW)
