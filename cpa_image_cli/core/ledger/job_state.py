"""
Decides how far a job has come, as the ledger has it, and what is true of one whose process died.

Each state is written down before what it speaks of happens: what a killed process leaves is never better than the
truth. A job of which nobody knows what came is unknown, and unknown is never sent again by itself.
"""

from enum import StrEnum


class JobState(StrEnum):
    """How far a job came, from the wish for a picture to what became of it."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    IN_HAND = "in_hand"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"

    @property
    def meaning(self) -> str:
        """What a person is told it means."""
        return _MEANINGS[self]


_MEANINGS = {
    JobState.PLANNED: "decided; no request is under way",
    JobState.SENDING: "the request is about to leave, or is leaving",
    JobState.SENT: "the request has left; from here on it may cost a picture",
    JobState.IN_HAND: "the picture is here, whole and verified, but not under its name yet",
    JobState.DONE: "the picture is there",
    JobState.FAILED: "it ended without a picture, and no picture can have been billed",
    JobState.UNKNOWN: "it was sent, and nobody knows what came of it; a picture may have been billed",
    JobState.STOPPED: "it was stopped, and no picture can have been billed",
}

RUNNING = frozenset({JobState.PLANNED, JobState.SENDING, JobState.SENT, JobState.IN_HAND})
"""States of a job that somebody works at, unless that process died."""


def job_state_after_death(state: JobState) -> JobState:
    """Return what is true of a job in *state* whose process is gone. A picture in hand is still to be published."""
    if state is JobState.PLANNED:
        return JobState.STOPPED
    return JobState.UNKNOWN if state in {JobState.SENDING, JobState.SENT} else state
