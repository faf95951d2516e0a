"""``cpa-image sandbox``: a simulated gateway for trying and testing, and the list of what it can play."""

import json
import shlex
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from rich.table import Table

    from cpa_image_cli.core.contracts.sandbox import ExpectedObject, ScenarioObject, ScenariosObject
    from cpa_image_cli.sandbox.language.scenario import Expected, Scenario

PACE = 5.0
"""Seconds that a picture takes by default, so that a person sees it form."""
LIST_SCHEMA: Final = "cpa-image/scenarios/1"
HIGHEST_PORT = 65535
LONGEST_PACE = 600.0

Wait = Callable[[], object]


@told(
    Manual(
        examples=(
            Example("cpa-image sandbox", "serve, and print the two lines that point cpa-image at it"),
            Example("cpa-image sandbox --scenario rate-limit-body-seconds --pace 1", "play a gateway at its limit"),
            Example("cpa-image sandbox --list", "everything it can play, and how a run ends in it"),
            Example('cpa-image generate "a cat" --sandbox', "the same without a second terminal"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.INTERRUPTED),
        defaults={"--scenario": "ok", "--port": "any free one"},
    )
)
def sandbox(
    ctx: typer.Context,
    *,
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=HIGHEST_PORT, metavar="PORT", help="Port on 127.0.0.1; 0 takes any free one."
        ),
    ] = 0,
    scenario: Annotated[
        str | None, typer.Option("--scenario", metavar="SCENARIO", help="What it plays; --list shows all.")
    ] = None,
    pace: Annotated[
        float, typer.Option("--pace", metavar="SECONDS", help="Seconds that one picture takes, at most 600.")
    ] = PACE,
    listing: Annotated[bool, typer.Option("--list", help="List the scenarios and how a run ends in each.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of text.")] = False,
) -> None:
    """
    Run a simulated gateway on this machine. It costs nothing and asks nobody.

    Prints the two lines that point cpa-image at it, and serves until Ctrl-C, which ends it with status 130.
    """
    around = ctx.obj
    assert isinstance(around, Surroundings)  # noqa: S101 - set by `app` for every command
    if listing:
        _list(around, as_json=as_json)
    else:
        raise typer.Exit(serve(around, port=port, name=scenario or "ok", pace=pace, as_json=as_json))


def serve(
    around: Surroundings, *, port: int, name: str, pace: float, as_json: bool, wait: Wait | None = None
) -> ExitStatus:
    """
    Serve the scenario called *name* until *wait* returns or Ctrl-C interrupts it, and return how to exit.

    Raises: UsageError for an unknown scenario, a port that is taken, or a pace that makes no sense.
    """
    from cpa_image_cli.sandbox.scenarios import find
    from cpa_image_cli.sandbox.serving.gateway import Sandbox

    if not 0 <= pace <= LONGEST_PACE:
        raise UsageError(f"--pace {pace:g}: expected seconds from 0 to {LONGEST_PACE:g}")
    played = find(name)
    try:
        gateway = Sandbox(played, port=port, pace=pace, log=lambda line: write_line(around.stderr, line))
    except OSError as taken:
        raise UsageError(
            f"port {port} cannot be used: {taken.strerror}", hint="--port 0 takes any free one."
        ) from taken
    with gateway:
        settings = {"IMAGE_GEN_BASE_URL": gateway.base_url, "IMAGE_GEN_KEY": gateway.key}
        try:
            _announce(around, settings, played, as_json=as_json)
            (wait or threading.Event().wait)()
        except KeyboardInterrupt:
            return ExitStatus.INTERRUPTED
    return ExitStatus.OK


def _announce(around: Surroundings, settings: dict[str, str], played: "Scenario", *, as_json: bool) -> None:
    if as_json:
        write_line(around.stdout, json.dumps({**settings, "scenario": played.name}))
    else:
        write_line(around.stdout, "\n".join(f"export {key}={shlex.quote(value)}" for key, value in settings.items()))
    write_line(around.stderr, f"The sandbox plays “{played.name}”: {played.summary}.")
    write_line(around.stderr, "Paste the two lines into another terminal and generate there. Ctrl-C stops the sandbox.")


def _list(around: Surroundings, *, as_json: bool) -> None:
    from cpa_image_cli.sandbox.scenarios import SCENARIOS

    if as_json:
        rows = [_data(scenario) for scenario in SCENARIOS.values()]
        listed: ScenariosObject = {"schema": LIST_SCHEMA, "scenarios": rows}
        write_line(around.stdout, json.dumps(listed, ensure_ascii=False, indent=2))
    elif around.stdout.isatty():
        from cpa_image_cli.ui.console import composed, console_on

        console = console_on(around.stdout, around.environ)
        console.file.write(composed(console, _table(SCENARIOS.values())))
    else:
        write_line(around.stdout, "SCENARIO\tENDS_IN\tWHAT_THE_GATEWAY_DOES")
        for scenario in SCENARIOS.values():
            write_line(around.stdout, "\t".join((scenario.name, _ending(scenario), scenario.summary)))


def _table(scenarios: Iterable["Scenario"]) -> "Table":
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from cpa_image_cli.ui.palette import CAUTION, SUCCESS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Scenario", style="bold", no_wrap=True)
    # Two lines in one column: side by side they would leave each other too little of a narrow terminal.
    table.add_column("What the gateway does, and what a run ends in", overflow="fold")
    for scenario in scenarios:
        ending = Text(f"→ {_ending(scenario)}", style=SUCCESS if scenario.expected.code is None else CAUTION)
        table.add_row(scenario.name, Group(Text(scenario.summary), ending))
    return table


def _ending(scenario: "Scenario") -> str:
    """Return how a run ends, and how with streaming where that differs."""
    plain, streaming = (_in_words(scenario.expects(stream=stream)) for stream in (False, True))
    asked = f"with {' '.join(scenario.options)}: " if scenario.options else ""
    return asked + (plain if plain == streaming else f"{plain}; streamed: {streaming}")


def _in_words(expected: "Expected") -> str:
    parts = [f"{expected.word} ({expected.exit_status:d})" if expected.code else "picture"]
    if expected.posts > 1:
        parts.append(f"{expected.posts} requests")
    if expected.warnings:
        parts.append(f"warns of {' and '.join(expected.warnings)}")
    return ", ".join(parts)


def _data(scenario: "Scenario") -> "ScenarioObject":
    """Return *scenario* as ``--list --json`` prints it: a contract whose keys are added to, never renamed."""
    return {
        "name": scenario.name,
        "summary": scenario.summary,
        "options": list(scenario.options),
        "expected": _expected_data(scenario.expects(stream=False)),
        "expected_streaming": _expected_data(scenario.expects(stream=True)),
    }


def _expected_data(expected: "Expected") -> "ExpectedObject":
    return {
        "exit_status": int(expected.exit_status),
        "code": expected.word,
        "requests": expected.posts,
        "least_waits_s": list(expected.waits),
        "warnings": list(expected.warnings),
    }
