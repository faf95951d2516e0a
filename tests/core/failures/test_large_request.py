"""A request with pictures that failed for its size is told as that, in whatever form it was said."""

import pytest

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.failures.large_request import CERTAIN, LIKELY, told_by_size

LARGE = 31_200_000


def told(failure: Failure, *, size: int = LARGE, uploaded: int = 0) -> Failure:
    return told_by_size(failure, size=size, uploaded=uploaded)


@pytest.mark.parametrize(
    "failure",
    [
        Failure(code=Code.BAD_REQUEST, message="HTTP 413, a web page titled “Too Large”", status=413),
        Failure(code=Code.BAD_REQUEST, message="Payload too large", status=400, upstream_code="context_too_large"),
        Failure(code=Code.BAD_REQUEST, message="x", status=400, upstream_code="RequestEntityTooLarge"),
        Failure(code=Code.BAD_REQUEST, message="Exceeded limit on max bytes to request body : 6291456", status=400),
        Failure(code=Code.BAD_REQUEST, message="PayloadTooLargeError: request entity too large", status=400),
    ],
)
def test_what_says_that_it_is_too_large_is_told_with_the_size(failure: Failure) -> None:
    found = told(failure)

    assert (found.message, found.hint) == (f"the request was 31.2 MB; {failure.message}", CERTAIN)


@pytest.mark.parametrize(
    ("failure", "uploaded"),
    [
        (Failure(code=Code.ENDPOINT_NOT_FOUND, message="Cannot POST /v1/responses", status=404), LARGE),
        (Failure(code=Code.SERVER_ERROR, message="HTTP 502", status=502), LARGE),
        (Failure(code=Code.CONNECTION_FAILED, message="the connection broke", sent=False), 70_000),
        (Failure(code=Code.CONNECTION_LOST, message="the connection broke"), LARGE),
    ],
)
def test_what_may_be_about_size_is_told_as_a_guess(failure: Failure, uploaded: int) -> None:
    assert told(failure, uploaded=uploaded).hint == LIKELY
    assert told(failure, uploaded=uploaded).message.startswith("the request was 31.2 MB; ")


@pytest.mark.parametrize(
    ("failure", "size"),
    [
        (Failure(code=Code.BAD_REQUEST, message="HTTP 413", status=413), 99_999),
        (Failure(code=Code.CONNECTION_FAILED, message="refused", sent=False), LARGE),
        (Failure(code=Code.KEY_REJECTED, message="too large", status=401), LARGE),
        (Failure(code=Code.BAD_REQUEST, message="Unknown parameter", status=400), LARGE),
    ],
)
def test_what_has_nothing_to_do_with_it_stays_as_it_is(failure: Failure, size: int) -> None:
    assert told(failure, size=size) is failure
