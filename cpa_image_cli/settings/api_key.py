"""
Decides how the API key is read at each of its sources.

A key is wrapped as soon as it is read. What keeps a key away becomes the resolved value's problem; the search does
not go on to another key behind somebody's back.
"""

from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.gateway.headers import key_problem
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Answer, Found, Missing, OnDemand, Origin, Resolved, Source, resolve
from cpa_image_cli.core.settings.settings import SOURCES
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.places import NO_HOME, written_out
from cpa_image_cli.settings.value_sources import Places, unresolved
from cpa_image_cli.settings.values import of_variable


def resolved_key(*, places: Places, thorough: bool) -> Resolved[Secret | None]:
    """Return the API key, None if none is to be sent; what keeps it away is its problem."""
    if places.own is not None:
        return places.own.resolved(places.own.key)
    return resolve(SOURCES["api_key"], lambda source: _ask(source, places), fallback=None, thorough=thorough)


def _ask(source: Source, places: Places) -> Answer[Secret | None]:
    match source.origin:
        case Origin.ENVIRONMENT:
            return _of_variable(source, places)
        case Origin.OPENCLAW:
            return _of_openclaw(places)
        case _ if source.name not in places.config:
            return Missing(label=places.label_of_entry(source))
        case _ if source.name == "api_key_env":
            return _of_named_variable(source, places)
        case _:
            return _of_command(source, places)


def _of_variable(source: Source, places: Places) -> Found[Secret | None] | Missing:
    raw = of_variable("api_key", source, places)
    if isinstance(raw, Missing):
        return raw
    text = str(raw.value)
    if not text:
        return Found(value=None, shown="", note=raw.note)
    problem = key_problem(text)
    if problem:
        return Missing.unresolved(ConfigError(f"the key in the variable {source.name} {problem}"))
    return Found(value=Secret(text), shown=Secret(text).masked())


def _of_named_variable(source: Source, places: Places) -> Found[Secret | None] | Missing:
    label = places.label_of_entry(source)
    name = str(places.config[source.name].value)
    found = _of_variable(Source(origin=Origin.ENVIRONMENT, name=name), places)
    match found:
        case Found(value=Secret()):
            return Found(value=found.value, shown=found.shown, label=label, note=f"the variable {name}", variable=name)
        case Missing(problem=ConfigError() as problem):
            return Missing.unresolved(problem, label=label)
        case _:
            problem = ConfigError(
                f"the {label} names the variable {name}, which is not set",
                code=Code.KEY_MISSING,
                hint=f"Set {name} to the key.",
            )
            return Missing.unresolved(problem, label=label)


def _of_command(source: Source, places: Places) -> OnDemand[Secret | None]:
    label = places.label_of_entry(source)
    command = str(places.config[source.name].value)
    # The program's name alone: its arguments may tell where a vault is.
    shown = f"output of {one_line(_program_of(command), limit=40)}"

    def get() -> Found[Secret | None] | Missing:
        try:
            key = _output(command, places)
        except ConfigError as problem:
            return Missing.unresolved(problem, shown=shown, label=label)
        return Found(value=key, shown=key.masked(), label=label)

    return OnDemand(shown=shown, get=get, label=label)


def _program_of(command: str) -> str:
    """Return the first word of *command*, as a shell would split it; where it would not, up to the first space."""
    import shlex

    try:
        return shlex.split(command)[0]
    except (ValueError, IndexError):
        return command.split(maxsplit=1)[0]


def _output(command: str, places: Places) -> Secret:
    if not places.run_key_command:
        raise ConfigError("the `api_key_command` was not run", code=Code.KEY_MISSING)
    from cpa_image_cli.adapters.programs.key_command import key_from_command

    return key_from_command(command, environ=places.environ, at=lambda program: _spelled_out(program, places))


def _spelled_out(program: str, places: Places) -> str:
    """Return *program* with a home spelled out; one without a slash is looked up and not a path."""
    if "/" not in program or places.home == NO_HOME:
        return program
    return written_out(program, home=places.home, folder=places.home, variables=True)


def _of_openclaw(places: Places) -> Found[Secret | None] | Missing:
    known = places.openclaw.read().api_key
    if known is None:
        return Missing()
    label = places.label_of_openclaw(known.file)
    if isinstance(known.value, Secret):
        return Found(value=known.value, shown=known.value.masked(), label=label)
    return unresolved("key", known.value, label=label, code=Code.KEY_MISSING)
