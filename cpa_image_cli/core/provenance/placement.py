"""Where the record of a picture is put: in history alone, beside the file, or into it."""

from enum import StrEnum


class Placement(StrEnum):
    """What somebody wants. Into a file goes what others may read, so it is never done unasked."""

    HISTORY = "history"
    SIDECAR = "sidecar"
    EMBED = "embed"
