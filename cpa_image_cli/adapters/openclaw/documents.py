"""
Reads OpenClaw's files: JSON, JSON5 with ``$include``, and ``.env``.

What cannot be read becomes a note, never an error: these files are another program's.
"""

import contextlib
import json
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.text import one_line

LARGEST = 8_000_000
"""Bytes of a single file."""

DEEPEST_INCLUDE = 10
"""As OpenClaw's own limit."""

DEEPEST_VALUE = 32
"""Objects and lists within each other in one file, at most; OpenClaw's own nest about ten deep."""

MOST_FILES = 100
"""An include of includes of includes can name any number of them."""

UNREADABLE = "openclaw_unreadable"

_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*")
_QUOTED = re.compile(r"""(["'`])(.*)\1(?:\s+#.*)?""")


class _LeftOutError(Exception):
    """The file at *path* cannot be used, for the reason in *problem*."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


class Reader:
    """Reads files and keeps account: *files* are those read, as often as they were, *notes* tell of the others."""

    def __init__(self) -> None:
        self.files: list[Path] = []
        self.notes: list[Notice] = []

    def text(self, path: Path) -> str | None:
        """Return what the file at *path* holds; None if there is none or it cannot be read."""
        with self._account():
            return self._content(path)
        return None

    def table(self, path: Path) -> dict[str, object]:
        """Return the JSON or JSON5 object at *path*; empty if there is none or it cannot be read."""
        with self._account():
            document = self._document(path)
            if isinstance(document, dict):
                return document
            if document is not None:
                raise _LeftOutError(path, "not a JSON object")
        return {}

    def config(self, path: Path) -> dict[str, object]:
        """Return the object at *path* with every ``$include`` in it replaced by what it names."""
        whole = self._resolved(self.table(path), path=path, root=path.parent, depth=0)
        return whole if isinstance(whole, dict) else {}

    def variables(self, path: Path) -> dict[str, str]:
        """Return the assignments of the ``.env`` file at *path*."""
        return dict(_assignments(self.text(path) or ""))

    @contextlib.contextmanager
    def _account(self) -> Iterator[None]:
        """Note files that are left out."""
        try:
            yield
        except _LeftOutError as error:
            path = one_line(str(error.path), limit=300)
            self.notes.append(Notice(code=UNREADABLE, message=f"OpenClaw's {path} is left out: {error.problem}"))

    def _content(self, path: Path) -> str | None:
        text = _content(path)
        if text is not None:
            self.files.append(path)
        return text

    def _document(self, path: Path) -> object:
        text = self._content(path)
        if text is None:
            return None
        try:
            document = _parsed(text)
        except (ValueError, RecursionError) as exc:
            raise _LeftOutError(path, f"neither JSON nor JSON5: {one_line(str(exc), limit=80)}") from exc
        if _is_deep(document):
            raise _LeftOutError(path, "its values are nested too deeply")
        return document

    def _resolved(self, node: object, *, path: Path, root: Path, depth: int) -> object:
        """Return *node*, which stands in *path*, with its includes; they must lie below *root*."""
        if isinstance(node, list):
            return [self._resolved(item, path=path, root=root, depth=depth) for item in node]
        if not isinstance(node, dict):
            return node
        own = {
            name: self._resolved(item, path=path, root=root, depth=depth)
            for name, item in node.items()
            if name != "$include"
        }
        if "$include" not in node:
            return own
        names = node["$include"]
        included: object = {}
        for name in names if isinstance(names, list) else [names]:
            with self._account():
                part = self._included(str(name), path=path, root=root, depth=depth + 1)
                included = _merged(included, part)
        return _merged(included, own) if own else included

    def _included(self, name: str, *, path: Path, root: Path, depth: int) -> object:
        """Return what the include *name* in *path* stands for. Raises: _LeftOutError."""
        target = path.parent / name
        try:
            inside = target.resolve().is_relative_to(root.resolve())
        except (OSError, ValueError, RuntimeError) as exc:
            raise _LeftOutError(target, "its path leads nowhere") from exc
        if not inside:
            raise _LeftOutError(target, "an include must lie in the configuration's own directory")
        if depth > DEEPEST_INCLUDE or len(self.files) >= MOST_FILES:
            raise _LeftOutError(target, f"included more than {DEEPEST_INCLUDE} levels deep, or with too many others")
        document = self._document(target)
        if document is None and target not in self.files:
            raise _LeftOutError(target, "included, but not there")
        return self._resolved(document, path=target, root=root, depth=depth)


def _content(path: Path) -> str | None:
    """Return the text at *path*; None if there is no such file. Raises: _LeftOutError."""
    try:
        # A pipe in place of a file would keep us waiting for a writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _LeftOutError(path, "not a plain file")
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as exc:
        raise _LeftOutError(path, getattr(exc, "strerror", None) or str(exc)) from exc
    if len(raw) > LARGEST:
        raise _LeftOutError(path, "too long")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _LeftOutError(path, "not UTF-8 text") from exc


def _parsed(text: str) -> object:
    """Return what *text* means as JSON or else as JSON5. Raises: ValueError or RecursionError."""
    try:
        return json.loads(text)
    except ValueError:
        import pyjson5

        try:
            return pyjson5.decode(text)
        except pyjson5.Json5Exception as exc:
            raise ValueError(exc.args[0] if exc.args else type(exc).__name__) from exc


def _is_deep(document: object) -> bool:
    """Whether *document* is nested more deeply than whoever walks through it, level by level, should have to bear."""
    level = [document]
    for _ in range(DEEPEST_VALUE):
        outer = [item for item in level if isinstance(item, dict | list)]
        level = [inner for item in outer for inner in (item.values() if isinstance(item, dict) else item)]
    return any(isinstance(item, dict | list) for item in level)


def _merged(below: object, above: object) -> object:
    """Return *above* laid over *below*, as OpenClaw merges includes: objects by key, lists one after the other."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {
            **below,
            **{name: _merged(below[name], item) if name in below else item for name, item in above.items()},
        }
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]
    return above


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        assignment = _ASSIGNMENT.fullmatch(line)
        if assignment is None or line.lstrip().startswith("#"):
            continue
        name, value = assignment.groups()
        quoted = _QUOTED.fullmatch(value)
        if quoted is None:
            yield name, re.split(r"\s+#", value, maxsplit=1)[0]
        else:
            yield name, quoted[2].replace("\\n", "\n") if quoted[1] == '"' else quoted[2]
