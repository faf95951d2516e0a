"""Decides what is told of a picture file, in which words. What stands in the file is quoted, cleaned and shortened."""

from collections.abc import Iterator

from cpa_image_cli.core.provenance.credentials import Binding, Credentials
from cpa_image_cli.core.provenance.foreign import Found
from cpa_image_cli.core.provenance.inspection import Inspected, Origin
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.formatting import size
from cpa_image_cli.ui.labelled import PATH, Fact
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG

LONGEST_QUOTED = 2000
"""Characters of one text from a file that a person is shown; ``--json`` has it whole."""

MOST_QUOTED = 12
"""Facts of one convention that are shown."""


def facts(file: Inspected) -> Iterator[Fact]:
    """Yield what is known of *file*."""
    yield Fact(PATH, clean(file.file, limit=4096), STRONG)
    yield Fact("picture", ", ".join(_kind(file)))
    yield Fact("carries", ", ".join(file.carries) or "nothing beside the picture")
    yield from _origin(file.origin) if file.origin else (Fact("origin", "not known here", QUIET),)
    for found in file.found:
        yield from _quoted(found)
    if file.credentials:
        yield from _credentials(file.credentials)


def _kind(file: Inspected) -> Iterator[str]:
    yield f"{file.format.upper()} {file.width}x{file.height}"
    yield size(file.bytes)
    if file.is_animated:
        yield "animated"
    if file.has_alpha:
        yield "with transparency"
    if file.has_profile:
        yield "with a colour profile"


def _origin(origin: Origin) -> Iterator[Fact]:
    record = origin.record
    yield Fact("origin", origin.source.phrase)
    if origin.belongs is False:
        yield Fact("", "the record was written for another picture than this", CAUTION)
    yield Fact("prompt", clean(record.prompt, limit=LONGEST_QUOTED))
    if record.revised_prompt and record.revised_prompt != record.prompt:
        yield Fact("revised", clean(record.revised_prompt, limit=LONGEST_QUOTED))
    if record.model:
        yield Fact("model", one_line(record.model))
    if record.parameters:
        yield Fact("asked", ", ".join(f"{name} {one_line(value)}" for name, value in record.parameters.items()))
    if record.parents:
        yield Fact("from", f"{len(record.parents)} picture{'s' if len(record.parents) > 1 else ''} sent along")
    if record.made_at:
        yield Fact("when", one_line(record.made_at))
    if origin.run:
        yield Fact("run", origin.run)


def _quoted(found: Found) -> Iterator[Fact]:
    yield Fact("found", f"in the file, in the manner of {found.convention}:", QUIET)
    for label, text in found.facts[:MOST_QUOTED]:
        yield Fact("", f"{one_line(label)}: “{clean(text, limit=LONGEST_QUOTED)}”")
    if len(found.facts) > MOST_QUOTED:
        yield Fact("", f"… and {len(found.facts) - MOST_QUOTED} more; --json has them all", QUIET)


def _credentials(credentials: Credentials) -> Iterator[Fact]:
    signer = f" by “{one_line(credentials.signer)}”" if credentials.signer else ""
    yield Fact("signed", f"content credentials{signer}; whether to trust them is not judged")
    yield Fact("", credentials.binding.sentence, CAUTION if credentials.binding is Binding.CHANGED else "")
    claims = (
        ("drawn by", ", ".join(credentials.agents)),
        ("actions", ", ".join(credentials.actions)),
        ("kind", credentials.source_type),
        ("written by", credentials.generator),
        ("on", credentials.signed_on),
    )
    for label, claim in claims:
        if claim:
            yield Fact("", f"{label}: “{one_line(claim)}”")
