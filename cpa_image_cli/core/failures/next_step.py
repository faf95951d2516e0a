"""Decides what a program that was told of a failure does next: a command line, ready to run, where one helps."""

from collections.abc import Mapping

from cpa_image_cli.core.errors import Code

_EXAMINE = "cpa-image doctor --json"
_OPTIONS = "cpa-image generate --help"

_BY_CODE: Mapping[Code, str] = {
    **dict.fromkeys((Code.USAGE, Code.OUTPUT_EXISTS), _OPTIONS),
    **dict.fromkeys(
        (
            Code.IMAGE_MODEL,
            Code.BASE_URL_MISSING,
            Code.BASE_URL_INVALID,
            Code.KEY_MISSING,
            Code.KEY_COMMAND_FAILED,
            Code.CONFIG_INVALID,
            Code.HISTORY_UNREADABLE,
            Code.ENDPOINT_NOT_FOUND,
            Code.MODEL_NOT_FOUND,
            Code.MODEL_UNSUITABLE,
            Code.NO_CREDENTIAL,
            Code.KEY_REJECTED,
            Code.UPSTREAM_LOGIN,
            Code.PERMISSION_DENIED,
            Code.TOOL_UNAVAILABLE,
            Code.CONNECTION_FAILED,
            Code.CHALLENGE,
            Code.REDIRECTED,
            Code.UNEXPECTED_ANSWER,
        ),
        _EXAMINE,
    ),
}


def next_step(code: Code, *, run: str | None, retryable: bool, may_have_billed: bool) -> str | None:
    """
    Return what to do about a run that ended in *code*; *run* is its id, if it is recorded.

    What may have been paid for is looked at, never repeated.
    """
    if run is not None and may_have_billed:
        return f"cpa-image history show {run} --json"
    if code in _BY_CODE:
        return _BY_CODE[code]
    return f"cpa-image history rerun {run} --json" if run is not None and retryable else None
