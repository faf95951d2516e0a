"""
Decides how durations, sizes and texts from outside are spelled for a person.

Sizes are decimal (1 MB is 1,000,000 bytes), as drives and networks count. Widths are terminal columns, of which a
Chinese character takes two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from cpa_image_cli.core.cost.cost import Cost, dollars, estimate_words
from cpa_image_cli.core.cost.stated import PlanWindow, window_words
from cpa_image_cli.core.cost.tokens import image_usage, text_usage, tokens
from cpa_image_cli.core.errors import Failure
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    # 7 ms, and `history list` has no use for job events.
    from cpa_image_cli.core.job.events import Warned

MINUTE = 60
HOUR = 3600
UNITS = ("kB", "MB", "GB", "TB")
STEP = 1000
FEW_DIGITS = 10
"""Below this, one decimal is worth its place: ``2.1 MB``, but ``21 MB``."""

LONGEST_SHOWN = 400
"""Characters of a text that are looked at before it is shortened to fit a line."""

SECRET_HEADERS = ("authorization", "cookie", "session", "api-key", "apikey", "secret", "auth-token", "access-token")
"""A header whose name contains one of these is shown without its value."""


def cause_beside(reason: str, failure: Failure) -> str:
    """Return what *failure* says beyond *reason*, for which it is tried again; empty if that is nothing."""
    message = failure.message
    return "" if message in reason or message.startswith(failure.code.meaning) else message


def clock_time(seconds: float) -> str:
    """Return *seconds* as ``0:07``, ``12:30`` or ``1:02:03``; a negative span is ``0:00``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def size(count: float) -> str:
    """Return *count* bytes as ``812 B``, ``2.1 MB`` or ``21 MB``."""
    if count < STEP:
        return f"{count:.0f} B"
    *smaller, largest = UNITS
    for unit in smaller:
        count /= STEP
        # 999.6 kB would otherwise be shown as 1000 kB.
        if count < STEP - 0.5:
            return _measured(count, unit)
    return _measured(count / STEP, largest)


def _measured(count: float, unit: str) -> str:
    return f"{count:.1f} {unit}" if count < FEW_DIGITS - 0.05 else f"{count:.0f} {unit}"


def shortened(text: str, columns: int) -> str:
    """Return *text* on one line, cleaned, at most *columns* wide; what does not fit ends in ``…``."""
    line = one_line(text, limit=LONGEST_SHOWN)
    if cell_len(line) <= columns:
        return line
    return set_cell_size(line, max(0, columns - 1)).rstrip() + "…"


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return *headers* cleaned, with ``…`` for every value that could let somebody in."""
    return {
        one_line(name): "…" if any(word in name.lower() for word in SECRET_HEADERS) else one_line(value)
        for name, value in headers.items()
    }


def differences(requested: Mapping[str, str], delivered: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return one phrase such as ``quality is medium, not high`` for each value that was asked for and not given."""
    return tuple(
        f"{name} is {one_line(given)}, not {one_line(asked)}"
        for name, asked in requested.items()
        if (given := delivered.get(name)) and asked != "auto" and _plain(given) != _plain(asked)
    )


def unsaid(requested: Mapping[str, str], warnings: "Iterable[Warned | Notice]") -> dict[str, str]:
    """Return those of *requested* whose difference no warning speaks of, by its code such as ``size_differs``."""
    codes = {warning.code for warning in warnings}
    return {name: asked for name, asked in requested.items() if f"{name}_differs" not in codes}


def picture_words(picture: Picture) -> str:
    """Return *picture* as ``PNG 1024x1024, 2.1 MB``."""
    return f"{picture.format.upper()} {picture.size}, {size(picture.bytes)}"


NOT_REPORTED = "not reported"
"""What is said of tokens that nobody counted: that is not the same as none."""


def token_words(usage: Mapping[str, object] | None) -> str:
    """Return the token counts of *usage* as ``picture 42 in + 1,080 out, text model 60``, or that they are missing."""
    image, text = image_usage(usage), text_usage(usage)
    if image is None and text is None:
        return NOT_REPORTED
    picture = _counted(image) if image is not None else NOT_REPORTED
    return f"picture {picture}" + (f", text model {_counted(text)}" if text is not None else "")


def _counted(part: Mapping[str, object]) -> str:
    told = ((tokens(part, f"{way}put_tokens"), way) for way in ("in", "out"))
    ways = [f"{count:,} {way}" for count, way in told if count is not None]
    return " + ".join(ways) or f"{tokens(part, 'total_tokens') or 0:,}"


def money_words(cost: Cost | None, plan: Sequence[PlanWindow]) -> Iterator[tuple[str, str]]:
    """Yield what was said about money, each under its label."""
    if cost is not None:
        stated = f"the gateway says {dollars(cost.stated)}" if cost.stated is not None else ""
        yield "cost", "; ".join(filter(None, (stated, estimate_words(cost))))
    if plan:
        yield "plan", f"{', '.join(map(window_words, plan))}; pictures have a quota of their own"


def _plain(value: str) -> str:
    low = value.lower()
    return "jpeg" if low == "jpg" else low
