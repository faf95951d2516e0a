"""
Decides what is wrong with the content of ``config.toml``, and says it with the line and the nearest right name.

What is right for each key stands in ``core/settings/config_keys.py``.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cpa_image_cli.adapters.config_file.lines import line_of
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.gateway.headers import CREDENTIALS
from cpa_image_cli.core.settings.config_keys import BETTER_WAYS, KEY_SOURCES, KEYS, is_literal_key
from cpa_image_cli.core.text import one_line

ONLY_AT_TOP = ("default_profile", "profiles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """Says what is wrong in which line; values are not repeated, since one may be a key in the wrong place."""

    path: Path
    text: str

    def check_table(self, table: Mapping[str, object], *, header: str) -> None:
        """Raise the first problem of *table*, which stands under ``[header]``."""
        for name, value in table.items():
            if is_literal_key(name) and name not in KEYS:
                raise self.about(name, header=header, problem="a key does not belong here", hint=BETTER_WAYS)
            if name not in KEYS:
                raise self._unknown(name, header=header)
            problem = KEYS[name].problem(value)
            if problem:
                raise self.about(name, header=header, problem=problem, hint=f"{name}: {KEYS[name].help}")
        self._check_headers(table.get("headers", {}), header=f"{header}.headers".lstrip("."))
        if table.keys() >= KEY_SOURCES:
            problem = "give either this or `api_key_command`, not both"
            raise self.about("api_key_env", header=header, problem=problem)

    def _check_headers(self, table: object, *, header: str) -> None:
        for name in table if isinstance(table, dict) else ():
            if name.lower() in CREDENTIALS:
                raise self.about(name, header=header, problem="a key does not belong here", hint=BETTER_WAYS)

    def _unknown(self, name: str, *, header: str) -> ConfigError:
        known = (*KEYS, *(() if header else ONLY_AT_TOP))
        hint = f"{nearest(name, known)}Known keys: {', '.join(known)}."
        return self.about(name, header=header, problem="unknown key", hint=hint)

    def about(self, name: str, *, header: str, problem: str, hint: str | None = None) -> ConfigError:
        """Return the error that says *problem* of the key *name* under ``[header]``."""
        line = line_of(name, header=header, text=self.text)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigError(f"{where}: `{one_line(name, limit=60)}`: {problem}", hint=hint)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the question whether the most similar of *known* was meant, with a space after it; empty if none is."""
    import difflib

    close = difflib.get_close_matches(name.lower().replace("-", "_"), list(known), n=1)
    return f"Did you mean {close[0]}? " if close else ""
