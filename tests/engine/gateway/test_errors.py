"""What each way to fail means for the next step, as the table in engine.gateway.errors says."""

import pytest

from engine.gateway import errors
from engine.gateway.errors import ModelBadRequest, ModelError


def every(kind: type[ModelError]) -> set[type[ModelError]]:
    return {kind}.union(*(every(below) for below in kind.__subclasses__()))


@pytest.mark.parametrize(
    ("kind", "known_as", "is_providers_fault", "open_for"),
    [
        (errors.ConnectTimeout, "transient", True, 0),
        (errors.FirstTokenTimeout, "transient", True, 0),
        (errors.BetweenTokensTimeout, "transient", True, 0),
        (errors.TotalTimeout, "transient", True, 0),
        (errors.ModelUnreachable, "transient", True, 0),
        (errors.ModelServerError, "transient", True, 0),
        (errors.ModelStreamCut, "transient", True, 0),
        (errors.ModelMalformed, "transient", True, 0),
        (errors.ModelRateLimited, "transient", False, 0),
        (errors.PoolExhausted, "transient", False, 0),
        (errors.ModelBreakerOpen, "transient", False, 0),
        (errors.ModelQuotaSpent, "permanent", True, 300),
        (errors.ModelRefused, "permanent", True, 300),
        (errors.ModelBadRequest, "permanent", False, 0),
        (errors.ModelReplyTooLarge, "permanent", False, 0),
        (errors.ModelError, "unknown", False, 0),
    ],
)
def test_an_error_says_what_it_means(
    kind: type[ModelError], known_as: str, is_providers_fault: bool, open_for: float
) -> None:
    error = kind()

    assert (error.kind, error.transient) == (known_as, known_as == "transient")
    assert (error.counts_against_provider, error.opens_for) == (is_providers_fault, open_for)


def test_nothing_that_counts_against_a_provider_is_unknown() -> None:
    assert all(kind.kind != "unknown" for kind in every(ModelError) if kind.counts_against_provider)


@pytest.mark.parametrize(
    ("detail", "blames_request"),
    [
        ("400 invalid_value", True),
        ("422", True),
        ("404 model_not_found", False),
        ("400 context_length_exceeded", False),
    ],
)
def test_a_bad_request_may_be_good_for_another_model(detail: str, blames_request: bool) -> None:
    assert ModelBadRequest(detail=detail).blames_request is blames_request
