"""
Finds out what is known of one picture file: from the file, from beside it, from history; in that order of trust.

The pixels are not decoded, but for the header that Pillow reads. What others wrote is quoted, never acted on.
"""

from collections.abc import Iterator
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.provenance.coded import Hashes, hashes_of
from cpa_image_cli.adapters.provenance.credentials import credentials_of
from cpa_image_cli.adapters.provenance.metadata import packet_in, texts_of
from cpa_image_cli.adapters.provenance.parts import Container, UnknownContainer, container_of
from cpa_image_cli.adapters.provenance.sidecar import read_sidecar
from cpa_image_cli.adapters.provenance.stripping import carriers_in
from cpa_image_cli.core.errors import ConfigError, UsageError
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.provenance.foreign import conventions_in
from cpa_image_cli.core.provenance.inspection import Inspected, Origin, Source
from cpa_image_cli.core.provenance.packet import record_in
from cpa_image_cli.core.provenance.record import Record, travelling
from cpa_image_cli.core.text import one_line

OURS = frozenset({"IPTC"})
"""Conventions that our own packet uses as well; what it says is not told twice."""


def opened(path: Path) -> Container:
    """Return the file at *path* as its parts. Raises: UsageError for what is no such picture."""
    try:
        return container_of(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{one_line(str(path))} cannot be read: {reason}") from error
    except UnknownContainer as unknown:
        raise UsageError(f"{one_line(str(path))} cannot be read as a picture: {unknown}") from unknown


def inspected(path: Path, history: History) -> Inspected:
    """
    Return what is known of the file at *path*; a history that cannot be read knows nothing.

    Raises: UsageError for what is no picture whose parts are known.
    """
    container = opened(path)
    hashes = hashes_of(container)
    width, height, has_alpha, is_animated = _header(path)
    origin = next(_origins(container, hashes, history), None)
    found = conventions_in(texts_of(container))
    return Inspected(
        file=str(path),
        format=container.format,
        width=width,
        height=height,
        bytes=container.parts[-1].end,
        sha256=hashes.file,
        picture_sha256=hashes.coded,
        is_animated=is_animated,
        has_alpha=has_alpha,
        has_profile=_has_profile(container),
        carries=tuple(dict.fromkeys(carrier.what for carrier in carriers_in(container))),
        origin=origin,
        found=tuple(row for row in found if not (_is_packet(origin) and row.convention in OURS)),
        credentials=credentials_of(container),
    )


def _is_packet(origin: Origin | None) -> bool:
    return origin is not None and origin.source is Source.PACKET


def _header(path: Path) -> tuple[int, int, bool, bool]:
    """Return width, height, whether it may be seen through, and whether it moves."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
            return image.width, image.height, has_alpha, getattr(image, "is_animated", False)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError(f"{one_line(str(path))} cannot be read as a picture: its header is broken") from error


def _has_profile(container: Container) -> bool:
    segments = (container.read(part, 11) == b"ICC_PROFILE" for part in container.all("APP2"))
    return bool(container.all("iCCP", "ICCP")) or any(segments)


def _origins(container: Container, hashes: Hashes, history: History) -> Iterator[Origin]:
    record = record_in(packet_in(container))
    run = _run(history, hashes)
    identity = run.id if run else None
    if record is not None:
        yield Origin(source=Source.PACKET, record=record, run=identity, belongs=_belongs(record, hashes))
    beside = read_sidecar(container.path)
    if beside is not None:
        belongs = beside.file_sha256 == hashes.file or bool(_belongs(beside.record, hashes))
        yield Origin(source=Source.SIDECAR, record=beside.record, run=identity, belongs=belongs)
    if run is not None and run.prompt:
        is_same = run.picture is not None and run.picture.sha256 == hashes.file
        source = Source.HISTORY if is_same else Source.HISTORY_BY_PICTURE
        yield Origin(source=source, record=record_of(run), run=run.id, belongs=True)


def _belongs(record: Record, hashes: Hashes) -> bool | None:
    return record.coded_sha256 == hashes.coded if record.coded_sha256 else None


def _run(history: History, hashes: Hashes) -> Run | None:
    """Return the newest run that made this file, or these pixels."""
    try:
        for selection in (Selection(file_sha256=hashes.file), Selection(picture_sha256=hashes.coded)):
            if runs := history.recent(1, selection):
                return runs[0]
    except ConfigError:
        pass
    return None


def record_of(run: Run) -> Record:
    """Return what *run* asked for, as it may be told to others."""
    revised = run.details.get("revised_prompt")
    return Record(
        prompt=run.prompt,
        model=run.model,
        parameters=travelling(run.parameters),
        revised_prompt=revised if isinstance(revised, str) else "",
        coded_sha256=run.picture_sha256 or "",
        made_at=run.started_at.isoformat(timespec="seconds"),
    )
