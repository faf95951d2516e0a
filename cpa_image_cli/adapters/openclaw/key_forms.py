"""
Decides what a text or object in the place of a key stands for: the key, a variable, a file, or nothing we can have.

What OpenClaw writes in ``apiKey`` is often the name of a key, not a key; such a name is never sent. To learn a new
marker, add a row to `MARKERS`, or to `KEY_MARKERS` if an ordinary header value could look like it.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from cpa_image_cli.adapters.openclaw.documents import Reader
from cpa_image_cli.adapters.openclaw.known import Unresolved
from cpa_image_cli.adapters.openclaw.openclaw_paths import expanded, member
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.text import one_line

_TEMPLATE = re.compile(r"\$(\$?)\{([A-Z_][A-Z0-9_]*)\}")
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_KIND = r"[a-z]{1,20}"
"""A kind of reference that may be repeated; anything else could be a key in the wrong place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where names lead: *layers* of variables, first hit wins, and the ``secrets.providers`` of the configuration."""

    layers: tuple[Mapping[str, str], ...]
    providers: Mapping[str, object]
    folder: Path
    home: Path
    reader: Reader

    def variable(self, name: str) -> str | Unresolved:
        """Return the value of the variable *name*; an empty one counts as unset."""
        values = (layer.get(name, "").strip() for layer in self.layers)
        return next((value for value in values if value), _unset(name))


def _unset(name: str) -> Unresolved:
    return Unresolved(reason=f"it stands for the variable {name}, which is not set", variable=name)


Form = Callable[["re.Match[str]", Context], str | Unresolved]


def _named_variable(match: "re.Match[str]", context: Context) -> str | Unresolved:
    return context.variable(match[1])


def _nothing(reason: str) -> Form:
    return lambda _match, _context: Unresolved(reason=reason)


MARKERS: tuple[tuple[str, Form], ...] = (
    (r"__OPENCLAW_REDACTED__", _nothing("it is the placeholder OpenClaw prints in place of a key")),
    (r"secretref-managed", _nothing("it is kept in a file, a program or a store that only OpenClaw's secrets name")),
    (rf"(?:secretref-env|__env__):({_VARIABLE})", _named_variable),
    (rf"\$({_VARIABLE})", _named_variable),
    (r"(?s)!.*", _nothing("it is a command, which is never run here")),
)
"""Patterns of the whole text and what they mean; the first that fits decides."""

KEY_MARKERS: tuple[tuple[str, Form], ...] = (
    *MARKERS,
    (r"(?s)oauth:.*|minimax-oauth|codex-app-server", _nothing("it stands for a login, not for a key")),
    (r"custom-local|ollama-local", _nothing("it stands for a server without keys")),
    (r"gcp-vertex-credentials|AWS_[A-Z0-9_]*", _nothing("it stands for a cloud login, not for a key")),
    (r"([A-Z][A-Z0-9_]{0,127})", _named_variable),
)


def resolved_key(value: object, context: Context) -> str | Unresolved | None:
    """Return the key that *value*, an ``apiKey``, stands for; None if it is absent."""
    return _resolved(value, context, KEY_MARKERS)


def resolved_header(value: object, context: Context) -> str | Unresolved | None:
    """Return the text that *value*, a header's, stands for; words in capitals are just that."""
    return _resolved(value, context, MARKERS)


def _resolved(value: object, context: Context, markers: tuple[tuple[str, Form], ...]) -> str | Unresolved | None:
    if isinstance(value, Mapping):
        return _of_reference(value, context)
    if not isinstance(value, str):
        return None if value is None else Unresolved(reason="it is neither a text nor a reference to a secret")
    text = value.strip()
    if not text:
        return None
    for pattern, form in markers:
        if match := re.fullmatch(pattern, text):
            return form(match, context)
    return expanded_text(text, context)


def expanded_text(text: str, context: Context) -> str | Unresolved:
    """Return *text* with each ``${NAME}`` replaced by the variable's value; ``$${NAME}`` stays, less one ``$``."""
    for escaped, name in _TEMPLATE.findall(text):
        if not escaped and isinstance(missing := context.variable(name), Unresolved):
            return missing
    return _TEMPLATE.sub(lambda match: match[0][1:] if match[1] else str(context.variable(match[2])), text)


def _of_reference(reference: Mapping[str, object], context: Context) -> str | Unresolved:
    """Return what a SecretRef ``{source, provider, id}`` leads to."""
    name = str(reference.get("id") or "")
    match reference.get("source"):
        case "env" if re.fullmatch(_VARIABLE, name):
            return context.variable(name)
        case "file":
            return _of_file(member(context.providers, str(reference.get("provider") or "default")), name, context)
        case "exec":
            return Unresolved(reason="a program of OpenClaw's has to be run for it, which is never done here")
        case "store":
            return Unresolved(reason="it lies in OpenClaw's own secret store")
        case str(source) if re.fullmatch(_KIND, source):
            return Unresolved(reason=f"it is a reference of an unknown kind ({source})")
        case _:
            return Unresolved(reason="it is a reference of an unknown kind")


def _of_file(provider: Mapping[str, object], name: str, context: Context) -> str | Unresolved:
    path = provider.get("path")
    if provider.get("source") != "file" or not isinstance(path, str) or not path.strip():
        return Unresolved(reason="it lies in a file, but no path is configured for that")
    text = context.reader.text(context.folder / expanded(path.strip(), context.home))
    if text is None:
        return Unresolved(reason=f"it lies in {one_line(path, limit=200)}, which cannot be read")
    if provider.get("mode") == "singleValue":
        found: object = text.strip() if name == "value" else None
    else:
        found = _at_pointer(text, name)
    if isinstance(found, str) and found.strip():
        return found.strip()
    return Unresolved(reason=f"there is no {one_line(name, limit=80)} in {one_line(path, limit=200)}")


def _at_pointer(text: str, pointer: str) -> object:
    """Return what *pointer* (RFC 6901) leads to in the JSON *text*; None if it leads nowhere."""
    try:
        node = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for step in pointer.removeprefix("/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and re.fullmatch(r"0|[1-9]\d{0,8}", key) and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict):
            node = node.get(key)
        else:
            return None
    return node
