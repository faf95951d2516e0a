"""Holds the places values come from in one run, and says what a place is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Candidate, Entry, Missing, Origin, Resolved, Source, State
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    from cpa_image_cli.adapters.openclaw import OpenClaw, Unresolved

T = TypeVar("T")

_OF_OUR_OWN = {Code.KEY_MISSING: "IMAGE_GEN_KEY", Code.BASE_URL_MISSING: "IMAGE_GEN_BASE_URL"}


class OpenClawOnDemand:
    """Reads OpenClaw's files when first asked; *found* is None until then."""

    def __init__(self, environ: Mapping[str, str], home: Path) -> None:
        self._environ = environ
        self._home = home
        self.found: OpenClaw | None = None

    def read(self) -> "OpenClaw":
        """Return what OpenClaw knows."""
        if self.found is None:
            from cpa_image_cli.adapters import openclaw

            self.found = openclaw.read(self._environ, self._home)
        return self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGateway:
    """A gateway that is brought along, and called *name*: nobody is asked for its address, its key or its model."""

    base_url: str
    key: Secret
    name: str = "sandbox"
    source: str = "--sandbox"

    def resolved(self, value: T) -> Resolved[T]:
        """Return *value*, which is of this gateway, as if somebody had said it on the command line."""
        said = Candidate(source=self.source, state=State.SET, shown=self.name)
        return Resolved(value=value, source=self.source, origin=Origin.FLAG, candidates=(said,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """
    Everything a value can come from.

    *extension* is that of ``-o``, in lower case with its dot. Without *run_key_command* that is not run, and a key
    from it cannot be had. With a gateway of our *own*, its address and key are asked for nowhere.
    """

    flags: Mapping[str, object]
    environ: Mapping[str, str]
    config: Mapping[str, Entry]
    openclaw: OpenClawOnDemand
    home: Path
    extension: str | None = None
    run_key_command: bool = True
    own: OwnGateway | None = None

    def label_of_entry(self, source: Source) -> str:
        """Return what the configuration key of *source* is called, with the profile it is in."""
        entry = self.config.get(source.name)
        place = f" {one_line(entry.place, limit=80)}" if entry and entry.place else ""
        return f"config file{place}: {source.name}"

    def label_of_openclaw(self, file: Path) -> str:
        """Return what *file* of OpenClaw's is called."""
        shown = f"~/{file.relative_to(self.home).as_posix()}" if file.is_relative_to(self.home) else str(file)
        return f"OpenClaw ({one_line(shown)})"


def unresolved(what: str, value: "Unresolved", *, label: str, code: Code) -> Missing:
    """Return the answer that OpenClaw's *what* cannot be had, with what to set instead."""
    variables = " or ".join(name for name in (value.variable, _OF_OUR_OWN[code]) if name)
    problem = ConfigError(
        f"the {what} of {label} cannot be used: {value.reason}", code=code, hint=f"Set {variables} to the {what}."
    )
    return Missing.unresolved(problem, label=label)
