"""Decides how a selection is asked of the database. Whatever a person wrote goes in as a value, never as SQL."""

from cpa_image_cli.core.ledger.job_state import RUNNING
from cpa_image_cli.core.ledger.run import folded
from cpa_image_cli.core.ledger.selection import Selection

SANDBOX = "sandbox"
"""The gateway under which runs of the sandbox are recorded."""

GLOB_SIGNS = str.maketrans({"[": "[[]", "?": "[?]"})
"""What GLOB would read as more than itself; ``*`` is meant to be."""


def condition(selection: Selection) -> tuple[str, list[object]]:
    """Return *selection* as an SQL condition on ``run``, and its values. A run that still goes on may slip in."""
    parts = [("instr(folded, ?) > 0", word) for word in folded(selection.containing).split()]
    found: list[tuple[str, object]] = [*parts]
    if not selection.job_states:
        found.append(("private = ?", 0))
    if selection.without_picture:
        found.append(("state <> ?", "done"))
    if selection.model is not None:
        found.append(("lower(model) GLOB lower(?)", selection.model.translate(GLOB_SIGNS)))
    if selection.since is not None:
        found.append(("started_at >= ?", selection.since.timestamp()))
    if selection.before is not None:
        found.append(("started_at < ?", selection.before.timestamp()))
    if selection.sandboxed is not None:
        found.append(("gateway = ?" if selection.sandboxed else "gateway <> ?", SANDBOX))
    if selection.file_sha256 is not None:
        found.append(("sha256 = ?", selection.file_sha256))
    if selection.picture_sha256 is not None:
        found.append(("picture_sha256 = ?", selection.picture_sha256))
    values = [value for _, value in found]
    states = sorted(_written(selection))
    if states:
        found.append((f"job_state IN ({', '.join('?' * len(states))})", None))
    return " AND ".join(part for part, _ in found) or "TRUE", [*values, *states]


def _written(selection: Selection) -> frozenset[str]:
    """Return the states under which a job of *selection* may be written: what a dead process left says what was."""
    states = selection.job_states
    return states | RUNNING if states else frozenset()
