"""
How a job ended, as one value: what ``--json`` prints and history keeps.

`Outcome.as_json` is a documented contract: keys are added, never renamed or removed, and `SCHEMA` changes if one is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.errors import Code, CpaImageError, Failure, OutputError
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import ErrorObject, ResultObject

SCHEMA: Final = "cpa-image/result/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no picture in place, in the terms of the JSON contract."""

    code: Code
    message: str
    hint: str | None = None
    status: int | None = None
    may_have_billed: bool = False
    saved_to: Path | None = None

    @classmethod
    def of(cls, error: CpaImageError) -> "Trouble":
        """Return *error* as trouble."""
        failure: Failure | None = getattr(error, "failure", None)
        saved_to = error.saved_to if isinstance(error, OutputError) else None
        return cls(
            code=error.code,
            message=error.message,
            hint=error.hint,
            status=failure.status if failure else None,
            may_have_billed=failure.may_have_billed if failure else False,
            saved_to=Path(saved_to) if saved_to else None,
        )

    def as_json(self) -> "ErrorObject":
        """Return the ``error`` object."""
        shown: ErrorObject = {
            "code": self.code.word,
            "message": self.message,
            "status": self.status,
            "hint": self.hint,
            "may_have_billed": self.may_have_billed,
            "exit_status": int(self.code.exit_status),
        }
        if self.saved_to is not None:
            shown["saved_to"] = str(self.saved_to)
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    The end of a job. *trouble* is None exactly when a picture is in place.

    *output* is the absolute path, None when the picture went to standard output or nowhere. *requested* and
    *delivered* hold size, quality and format as far as they are known. *elapsed_s* is in seconds.
    """

    model: str
    requested: Mapping[str, str]
    attempts: int
    elapsed_s: float
    output: Path | None = None
    picture: Picture | None = None
    delivered: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    usage: Mapping[str, object] | None = None
    revised_prompt: str | None = None
    text: str = ""
    response_id: str | None = None
    trace_id: str | None = None
    trouble: Trouble | None = None

    @property
    def ok(self) -> bool:
        """Whether a picture is in place."""
        return self.trouble is None

    def as_json(self) -> "ResultObject":
        """Return the object that ``--json`` prints. Base64 never appears in it."""
        picture = self.picture
        shown: ResultObject = {
            "schema": SCHEMA,
            "ok": self.ok,
            "output": str(self.output) if self.output else None,
            "format": picture.format if picture else None,
            "width": picture.width if picture else None,
            "height": picture.height if picture else None,
            "bytes": picture.bytes if picture else None,
            "sha256": picture.sha256 if picture else None,
            "model": self.model,
            "requested": dict(self.requested),
            "delivered": dict(self.delivered),
            "warnings": [{"code": notice.code, "message": notice.message} for notice in self.warnings],
            "attempts": self.attempts,
            "usage": self.usage,
            "revised_prompt": self.revised_prompt,
            "text": self.text,
            "response_id": self.response_id,
            "trace_id": self.trace_id,
            "elapsed_s": round(self.elapsed_s, 3),
        }
        if self.trouble is not None:
            shown["error"] = self.trouble.as_json()
        return shown
