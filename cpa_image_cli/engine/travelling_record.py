"""
Leaves the record of a picture where it travels with it: beside the file, or in it.

A file with content credentials is never touched, since any byte more would break them; its record goes beside it.
Raises OSError as the file system does, and then the picture is what it was.
"""

from dataclasses import replace
from pathlib import Path

from cpa_image_cli import __version__
from cpa_image_cli.adapters.provenance.coded import sha256_of
from cpa_image_cli.adapters.provenance.credentials import carrying
from cpa_image_cli.adapters.provenance.embedding import NoRoom, with_packet, write_anew
from cpa_image_cli.adapters.provenance.parts import Container
from cpa_image_cli.adapters.provenance.sidecar import ForeignSidecar, path_of, write_sidecar
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.provenance.packet import packet_of
from cpa_image_cli.core.provenance.placement import Placement
from cpa_image_cli.core.provenance.record import Record, travelling
from cpa_image_cli.process.surroundings import APPLICATION

SIGNED = Notice(
    code="provenance",
    message="the picture carries content credentials, which any change would break; its record was written beside it",
)
NO_ROOM = Notice(code="provenance", message="there is no room for the record in this file; it was written beside it")
CREATOR = f"{APPLICATION} {__version__}"


def left(outcome: Outcome, job: Job, container: Container, placement: Placement) -> Outcome:
    """Write the record beside the picture, or into it; return *outcome* with what is true of the file then."""
    record = _record(outcome, job)
    if placement is Placement.SIDECAR:
        return _beside(outcome, container, record)
    if carrying(container):
        return _beside(outcome.with_notice(SIGNED), container, record)
    for describes in (True, False):
        try:
            pieces = with_packet(container, packet_of(record, creator=CREATOR, describes=describes))
        except NoRoom:
            continue
        write_anew(container, pieces, container.path)
        return _rewritten(outcome, container.path)
    return _beside(outcome.with_notice(NO_ROOM), container, record)


def _rewritten(outcome: Outcome, path: Path) -> Outcome:
    """Return *outcome* with what is true of the file now: it has grown, its pixels are the same."""
    picture = outcome.picture and replace(outcome.picture, bytes=path.stat().st_size, sha256=sha256_of(path))
    return replace(outcome, picture=picture)


def _beside(outcome: Outcome, container: Container, record: Record) -> Outcome:
    path = container.path
    try:
        write_sidecar(path, packet_of(record, creator=CREATOR), file_sha256=sha256_of(path))
    except ForeignSidecar:
        message = f"{path_of(path).name} is somebody else's and was left alone"
        return outcome.with_notice(Notice(code="provenance", message=message))
    return outcome


def _record(outcome: Outcome, job: Job) -> Record:
    return Record(
        prompt=job.prompt,
        model=job.model,
        parameters=travelling(job.options.chosen()),
        revised_prompt=outcome.revised_prompt or "",
        parents=tuple(picture.parent.sha256 for picture in job.inputs),
        coded_sha256=outcome.picture_sha256 or "",
        made_at=outcome.started_at.isoformat(timespec="seconds") if outcome.started_at else "",
    )
