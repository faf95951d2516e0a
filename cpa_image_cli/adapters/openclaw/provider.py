"""
Decides what we use of OpenClaw's two records of the provider ``otcbot``.

``openclaw.json`` is what OpenClaw itself goes by. ``models.json``, which the newest releases no longer write, keeps
old keys after a change, so it only fills gaps, and its key is used for its own base URL alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.openclaw import openclaw_paths
from cpa_image_cli.adapters.openclaw.current_model import PROVIDER, current_model
from cpa_image_cli.adapters.openclaw.documents import Reader
from cpa_image_cli.adapters.openclaw.key_forms import (
    Context,
    expanded_text,
    resolved_header,
    resolved_key,
)
from cpa_image_cli.adapters.openclaw.known import Located, OpenClaw, Unresolved
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.gateway.headers import Header, key_problem, name_problem, value_problem
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import one_line

STALE = "openclaw_stale"
HEADER_LEFT_OUT = "openclaw_header_left_out"
AGENT_UNCLEAR = "openclaw_agent_unclear"

_AUTHORIZATION = "authorization"

_NO_KEY = Unresolved(reason="it is not in the file; OpenClaw keeps it in a login of its own, or in a variable")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The provider as one file has it. *address* is the base URL if it is known."""

    file: Path
    base_url: str | Unresolved | None
    api_key: Secret | Unresolved | None
    headers: Mapping[str, object]

    @property
    def address(self) -> str | None:
        return self.base_url.rstrip("/") if isinstance(self.base_url, str) else None


def read(environ: Mapping[str, str], home: Path) -> OpenClaw:
    """Read OpenClaw's files, of the user whose home is *home*. Never raises for what is in them."""
    home = openclaw_paths.home_of(environ, home)
    reader = Reader()
    path = (
        _first_existing(openclaw_paths.config_files(environ, home))
        or openclaw_paths.state_dir(environ, home) / "openclaw.json"
    )
    config = reader.config(path)
    agent = openclaw_paths.default_agent(openclaw_paths.member(config, "agents"))
    models_path = _first_existing(openclaw_paths.models_files(environ, home, agent))
    context = Context(
        layers=_variables(environ, home, config, reader),
        providers=openclaw_paths.member(config, "secrets", "providers"),
        folder=path.parent,
        home=home,
        reader=reader,
    )
    main = _record(path, openclaw_paths.member(config, "models", "providers"), context)
    second = models_path and _record(
        models_path, openclaw_paths.member(reader.table(models_path), "providers"), context
    )
    known = _combined([record for record in (main, second) if record], context)
    model = current_model(config, agent)
    unclear = (Notice(code=AGENT_UNCLEAR, message=f"OpenClaw: {agent.note}"),) if agent.note else ()
    return replace(
        known,
        model=Located(value=model.name, file=path) if model.name else None,
        model_note=model.note,
        notes=(*reader.notes, *known.notes, *unclear),
        files=tuple(dict.fromkeys(reader.files)),
    )


def _first_existing(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if _exists(path)), None)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Such a path is reported when it is read.
        return True


def _variables(
    environ: Mapping[str, str], home: Path, config: Mapping[str, object], reader: Reader
) -> tuple[Mapping[str, str], ...]:
    """Return where OpenClaw looks for a variable, in its order: the process, ``<state>/.env``, the configuration."""
    outer = (environ, reader.variables(openclaw_paths.state_dir(environ, home) / ".env"))
    context = Context(layers=outer, providers={}, folder=home, home=home, reader=reader)
    block = openclaw_paths.member(config, "env")  # older files have the variables in it, newer ones in its "vars"
    texts = {**block, **openclaw_paths.member(block, "vars")}
    expanded = {name: expanded_text(text, context) for name, text in texts.items() if isinstance(text, str)}
    return (*outer, {name: text for name, text in expanded.items() if isinstance(text, str)})


def _record(file: Path, providers: Mapping[str, object], context: Context) -> _Record | None:
    """Return the provider among *providers*, whatever the case of its name; None if it is not there."""
    found = next((own for name, own in providers.items() if name.strip().lower() == PROVIDER), None)
    if not isinstance(found, Mapping):
        return None
    url = found.get("baseUrl")
    return _Record(
        file=file,
        base_url=expanded_text(url.strip(), context) if isinstance(url, str) and url.strip() else None,
        api_key=_key(resolved_key(found.get("apiKey"), context)),
        headers=openclaw_paths.member(found, "headers"),
    )


def _key(found: str | Unresolved | None) -> Secret | Unresolved | None:
    if not isinstance(found, str):
        return found
    problem = key_problem(found)
    return Unresolved(reason=f"it {problem}") if problem else Secret(found)


def _combined(records: Sequence[_Record], context: Context) -> OpenClaw:
    """Return what *records*, of which earlier ones go before, say together."""
    with_url = sorted((record for record in records if record.base_url), key=lambda record: record.address is None)
    if not with_url:
        return OpenClaw(api_key=_api_key(records), notes=_differences(records))
    located = with_url[0]
    # Another address's key and headers are not for this one.
    fitting = [record for record in records if record.address in (located.address, None)]
    declared = next((record for record in fitting if record.headers), located)
    texts, left_out = _header_texts(declared, context)
    api_key = _api_key(fitting) or _bearer(texts, declared.file) or Located(value=_NO_KEY, file=located.file)
    return OpenClaw(
        base_url=Located(value=located.base_url or "", file=located.file),
        api_key=api_key,
        headers=_headers(texts, declared.file),
        header_notes=left_out,
        notes=_differences(records),
    )


def _api_key(records: Sequence[_Record]) -> Located[Secret | Unresolved] | None:
    """Return the first key of *records*, else the first that cannot be had, else None."""
    keys = [Located(value=record.api_key, file=record.file) for record in records if record.api_key is not None]
    return next((key for key in keys if isinstance(key.value, Secret)), keys[0] if keys else None)


def _bearer(texts: Mapping[str, str], file: Path) -> Located[Secret | Unresolved] | None:
    """Return the key that the header Authorization carries."""
    for name, text in texts.items():
        scheme, _, key = text.partition(" ")
        if name.lower() == _AUTHORIZATION and scheme.lower() == "bearer" and not key_problem(key.strip()):
            return Located(value=Secret(key.strip()), file=file)
    return None


def _header_texts(record: _Record, context: Context) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """Return the headers that can be sent, and a notice for each that cannot."""
    texts: dict[str, str] = {}
    left_out: list[Notice] = []
    for name, value in record.headers.items():
        found = resolved_header(value, context)
        text = found if isinstance(found, str) else ""
        reason = found.reason if isinstance(found, Unresolved) else name_problem(name) or value_problem(text)
        if reason:
            message = f"OpenClaw's header {one_line(name, limit=60)} is left out: {one_line(reason, limit=200)}"
            left_out.append(Notice(code=HEADER_LEFT_OUT, message=message))
        else:
            texts[name] = text
    return texts, tuple(left_out)


def _headers(texts: Mapping[str, str], file: Path) -> tuple[Header, ...]:
    """Return *texts* as headers, without showing any: it cannot be told which of them are secrets."""
    wrapped = {name: Secret(text) for name, text in texts.items() if name.lower() != _AUTHORIZATION}
    return tuple(
        Header(name=name, value=secret, shown=secret.masked(), source=str(file)) for name, secret in wrapped.items()
    )


def _differences(records: Sequence[_Record]) -> tuple[Notice, ...]:
    """Return a notice if the two files disagree."""
    match records:
        case [first, second]:
            pairs = {"baseUrl": (first.address, second.address), "apiKey": (first.api_key, second.api_key)}
        case _:
            return ()
    known = {name: pair for name, pair in pairs.items() if all(isinstance(value, (str, Secret)) for value in pair)}
    differing = [name for name, (one, other) in known.items() if one != other]
    if not differing:
        return ()
    what = f"{' and '.join(differing)} {'differ' if len(differing) > 1 else 'differs'}"
    message = f"OpenClaw's {second.file.name} is out of date ({what}); {first.file.name} is used"
    return (Notice(code=STALE, message=message),)
