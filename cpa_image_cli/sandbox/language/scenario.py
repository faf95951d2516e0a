"""What one scenario is: what the gateway replies, and what a client with the default policy must make of it."""

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.sandbox.language.replies import Answer, HttpError, JsonObject, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """
    How a run ends under ``--retries 4 --max-wait 60``.

    *code* is None when there is a picture. *posts* is how many POSTs the gateway sees. *waits* are the seconds between
    them, one for each but the first; jitter comes on top. *warnings* are the code words of what the user is warned of.
    *kept* is the extension under which bytes are kept that came and are no picture, empty when there are none.
    """

    code: Code | None = None
    posts: int = 1
    waits: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    kept: str = ""

    @property
    def exit_status(self) -> ExitStatus:
        """How the process ends."""
        return self.code.exit_status if self.code else ExitStatus.OK

    @property
    def word(self) -> str | None:
        """Return the code word that a program sees; None when there is a picture."""
        return self.code.word if self.code else None


PICTURE = Expected()
"""A picture at the first attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    One way in which a gateway may behave.

    *script* holds a reply for each POST; the last repeats. *expected* is how a client without streaming ends,
    *expected_streaming* one with it, where that differs. *options* are flags without which there is nothing to see.
    *timeout* is what a test should give an attempt, in seconds, because the scenario lasts until patience ends.
    """

    name: str
    summary: str
    script: tuple[Reply, ...]
    expected: Expected = PICTURE
    expected_streaming: Expected | None = None
    options: tuple[str, ...] = ()
    timeout: float | None = None

    def expects(self, *, stream: bool) -> Expected:
        """Return how a client ends that asked for streaming, or did not."""
        return self.expected_streaming if stream and self.expected_streaming is not None else self.expected


def shown(
    name: str,
    summary: str,
    answer: Answer,
    *,
    warnings: tuple[str, ...] = (),
    warnings_streaming: tuple[str, ...] | None = None,
    options: tuple[str, ...] = (),
) -> Scenario:
    """
    Return a scenario in which *answer* must end in a picture at once.

    *warnings_streaming* are those of a client that streams, where they differ. *options* are as in `Scenario`.
    """
    return Scenario(
        name=name,
        summary=summary,
        script=(answer,),
        expected=Expected(warnings=warnings),
        expected_streaming=None if warnings_streaming is None else Expected(warnings=warnings_streaming),
        options=options,
    )


def refused(name: str, summary: str, reply: Reply, code: Code) -> Scenario:
    """Return a scenario in which *reply* ends the run with *code* at once."""
    return Scenario(name=name, summary=summary, script=(reply,), expected=Expected(code=code))


def unsound(name: str, summary: str, answer: Answer, *, kept: str = ".png") -> Scenario:
    """Return a scenario in which what comes is no sound picture, and is kept under the extension *kept*."""
    expected = Expected(code=Code.IMAGE_DAMAGED, kept=kept)
    return Scenario(name=name, summary=summary, script=(answer,), expected=expected)


def repeated(name: str, summary: str, reply: Reply, expected: Expected) -> Scenario:
    """Return a scenario in which *reply* comes every time, until the client gives up as *expected*."""
    return Scenario(name=name, summary=summary, script=(reply,), expected=expected)


def then_ok(name: str, summary: str, reply: Reply, *, wait: float) -> Scenario:
    """Return a scenario in which *reply* is followed, *wait* seconds later (plus jitter), by a picture."""
    return Scenario(name=name, summary=summary, script=(reply, Answer()), expected=Expected(posts=2, waits=(wait,)))


def error(
    status: int,
    message: str,
    *,
    code: str | int | None = None,
    kind: str | None = "invalid_request_error",
    param: str | None = None,
    more: JsonObject | None = None,
) -> HttpError:
    """Return the usual error answer: one ``error`` object, with *more* fields in it."""
    body = {"message": message, "type": kind, "code": code, "param": param, **(more or {})}
    return HttpError(status=status, body={"error": body})


def failed(problem: JsonObject) -> JsonObject:
    """Return the event that ends a stream with *problem*, as CLIProxyAPI makes it: number 0, no id in the response."""
    return {"type": "response.failed", "sequence_number": 0, "response": {"status": "failed", "error": dict(problem)}}


def page(status: int, title: str, *, headers: dict[str, str] | None = None) -> HttpError:
    """Return a web page in place of an answer."""
    text = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body><h1>{title}</h1></body></html>\n"
    return HttpError(status=status, body=text.encode(), content_type="text/html; charset=UTF-8", headers=headers or {})
