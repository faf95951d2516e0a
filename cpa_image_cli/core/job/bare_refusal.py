"""
Decides whether a refusal says so little that it is worth asking again without a stream, which costs nothing.

CLIProxyAPI passes on why a request was refused, unless a stream was asked for: then all that is left is "Bad Request".
A request that was refused with 400 made nothing.
"""

from dataclasses import replace
from http import HTTPStatus

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.job import Job

BARE = "bad request"

ALWAYS_SENT = frozenset({"output_format"})


def is_worth_asking_again(failure: Failure, job: Job) -> bool:
    """Whether *failure* of *job* may be about one of the fields that need not be sent, and does not say which."""
    is_bare = failure.message.strip().rstrip(".").lower() == BARE
    if not (job.stream and is_bare and failure.code is Code.BAD_REQUEST and failure.status == HTTPStatus.BAD_REQUEST):
        return False
    return job.mask is not None or bool(job.options.chosen().keys() - ALWAYS_SENT)


def unstreamed(job: Job) -> Job:
    """Return *job* as it is asked without a stream; preview frames would be none of its fields then."""
    return replace(job, stream=False, options=replace(job.options, partial_images=None))
