"""A refusal that says nothing is asked about once, where that costs nothing and may help."""

from dataclasses import replace

import pytest

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.bare_refusal import is_worth_asking_again, unstreamed
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job

JOB = Job(
    prompt="a cat",
    model="m",
    options=ImageOptions(size="64x64", partial_images="2"),
    url="https://gateway.example/v1/responses",
    gateway="https://gateway.example/v1",
    identity=Identity(user_agent="u", version="", originator="o", session_id="s"),
    key=None,
    stream=True,
)
BARE = Failure(code=Code.BAD_REQUEST, message="Bad Request", status=400)


def test_a_bare_refusal_of_a_streamed_request_with_further_fields_is_asked_about() -> None:
    assert is_worth_asking_again(BARE, JOB)


@pytest.mark.parametrize(
    ("failure", "job"),
    [
        (replace(BARE, message="Unknown parameter: 'size'"), JOB),
        (replace(BARE, status=None), JOB),
        (replace(BARE, code=Code.SERVER_ERROR), JOB),
        (BARE, replace(JOB, stream=False)),
        (BARE, replace(JOB, options=ImageOptions())),
    ],
)
def test_nothing_else_is(failure: Failure, job: Job) -> None:
    assert not is_worth_asking_again(failure, job)


def test_it_is_asked_without_a_stream_and_without_preview_frames() -> None:
    asked = unstreamed(JOB)

    assert (asked.stream, asked.options.partial_images, asked.options.size) == (False, None, "64x64")
