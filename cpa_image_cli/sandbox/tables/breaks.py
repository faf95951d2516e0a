"""Answers that break off before there is a picture. Any of them may have been paid for."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import Answer, How, Place, Stop
from cpa_image_cli.sandbox.language.scenario import Expected, Scenario, refused

SHORT = 0.5
"""Seconds of an attempt in a test of what never ends."""


def _stop(place: Place, how: How) -> Answer:
    return Answer(stop=Stop(place=place, how=how))


def _lasting(name: str, summary: str, answer: Answer) -> Scenario:
    return Scenario(name=name, summary=summary, script=(answer,), expected=Expected(code=Code.TIMEOUT), timeout=SHORT)


BREAKS = (
    refused(
        "eof-before-image",
        "the answer ends in good order before the picture",
        _stop(Place.BEFORE_PICTURE, How.END),
        Code.STREAM_BROKEN,
    ),
    refused(
        "eof-inside-image",
        "the answer ends in good order in the middle of the picture",
        _stop(Place.INSIDE_PICTURE, How.END),
        Code.STREAM_BROKEN,
    ),
    refused(
        "close-before-image",
        "the connection is closed before the picture",
        _stop(Place.BEFORE_PICTURE, How.CLOSE),
        Code.STREAM_BROKEN,
    ),
    refused(
        "close-inside-image",
        "the connection is closed in the middle of the picture",
        _stop(Place.INSIDE_PICTURE, How.CLOSE),
        Code.STREAM_BROKEN,
    ),
    refused(
        "eof-after-frames",
        "streamed: the answer ends after the preview frames",
        Answer(partials=2, stop=Stop(place=Place.BEFORE_PICTURE, how=How.END)),
        Code.STREAM_BROKEN,
    ),
    refused(
        "bad-chunk",
        "the framing turns into nonsense before the picture",
        _stop(Place.BEFORE_PICTURE, How.BAD_CHUNK),
        Code.STREAM_BROKEN,
    ),
    refused(
        "truncated-gzip",
        "compressed, and cut short",
        Answer(packed="gzip", stop=Stop(place=Place.INSIDE_PICTURE, how=How.CLOSE)),
        Code.STREAM_BROKEN,
    ),
    refused(
        "no-answer",
        "the connection is closed without an answer",
        _stop(Place.BEFORE_HEADERS, How.CLOSE),
        Code.CONNECTION_LOST,
    ),
    refused(
        "reset",
        "the connection is reset without an answer",
        _stop(Place.BEFORE_HEADERS, How.RESET),
        Code.CONNECTION_LOST,
    ),
    refused(
        "reset-inside-image",
        "the connection is reset in the middle of the picture",
        _stop(Place.INSIDE_PICTURE, How.RESET),
        Code.STREAM_BROKEN,
    ),
    _lasting("stall", "no answer, and no end", _stop(Place.BEFORE_HEADERS, How.STALL)),
    _lasting("stall-before-image", "it begins, and then nothing more comes", _stop(Place.BEFORE_PICTURE, How.STALL)),
    _lasting("stall-inside-image", "half a picture, and then nothing", _stop(Place.INSIDE_PICTURE, How.STALL)),
    _lasting("endless", "signs of life for ever, and nothing else", Answer(endless=True)),
)
