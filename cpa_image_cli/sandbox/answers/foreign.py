"""Decides what a gateway sends that answers in another language than that of ``/v1/responses``."""

from collections.abc import Mapping

from cpa_image_cli.sandbox.answers.composing import compose
from cpa_image_cli.sandbox.answers.response_events import Drawn, written
from cpa_image_cli.sandbox.answers.steps import Exchange, Rest, Send, joined
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import Answer, Drawing, Foreign, Glued, Nested
from cpa_image_cli.sandbox.language.request import ImageRequest


def foreign(reply: Foreign, asked: ImageRequest) -> Exchange:
    """Return how *reply* is given to *asked*."""
    text = [piece for part in reply.parts for piece in _text(part, asked)]
    length = sum(map(len, text))
    return Exchange(
        status=reply.status,
        headers={"Content-Type": reply.content_type},
        steps=[Rest(1.0), Send(text)],
        length=length,
    )


def drawn(drawing: Drawing, asked: ImageRequest) -> Drawn:
    """Return the picture that *drawing* stands for: the one that any other scenario would draw."""
    story = compose(Answer(partials=1), asked, number=1, created_at=0)
    results = (item.get("result") for item in story.output)
    return story.frames[0] if drawing is Drawing.FRAME else next(each for each in results if isinstance(each, Drawn))


def _text(part: object, asked: ImageRequest) -> Text:
    return [part] if isinstance(part, bytes) else joined(written(_with_pictures(part, asked)))


def _with_pictures(value: object, asked: ImageRequest) -> object:
    match value:
        case Drawing():
            return drawn(value, asked)
        case Nested(inner):
            return Nested(_with_pictures(inner, asked))
        case Glued(parts):
            return Glued(tuple(_with_pictures(part, asked) for part in parts))
        case Mapping():
            return {name: _with_pictures(inner, asked) for name, inner in value.items()}
        case list():
            return [_with_pictures(inner, asked) for inner in value]
        case _:
            return value
