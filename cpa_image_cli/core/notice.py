"""A word to the person, from wherever something was noticed."""

from cpa_image_cli.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person should know about a run; *code* is a stable word."""

    code: str
    message: str
