"""``cpa-image doctor``: examine everything, show what is found, and say by the exit status what it means."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, told
from cpa_image_cli.core.errors import Code, ExitStatus, Failure, GatewayError, OutputError
from cpa_image_cli.core.findings import Finding, exit_status, report
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text
from cpa_image_cli.process.signals import Stopped, code_of
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.doctor import Completion, Examination, TerminalFacts
    from cpa_image_cli.ui.doctor.findings import LiveFindings, PlainFindings, SilentFindings

TICK = 0.1
"""Seconds between two drawings when nothing was found."""

CHINESE = "画"
"""One character that is two columns wide."""

HINT = "No picture was asked for. `cpa-image doctor --live` makes one small one, for what it costs."


WHICH_STATUS = (
    "0 when nothing failed, else the first that fits: 3 for settings or this machine, 4 for the key, 8 for the gateway "
    "or the network. Warnings are no failures."
)


@told(
    Manual(
        examples=(
            Example("cpa-image doctor", "examine everything, free of charge"),
            Example(
                "cpa-image doctor --base-url https://gateway.example/v1", "another gateway than the configured one"
            ),
            Example("cpa-image doctor --live", "make one small picture, too, for what it costs"),
            Example("cpa-image doctor --forget", "forget what gateways refused or ignored"),
            Example("cpa-image doctor --json", "for a program"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG, ExitStatus.AUTH, ExitStatus.GATEWAY),
        variables=GATEWAY_VARIABLES,
        remarks=(("Which status", WHICH_STATUS),),
    )
)
def doctor(
    ctx: typer.Context,
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Also make one small picture, which costs what it costs, and look at it.")
    ] = False,
    base_url: Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the gateway.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="Text model that will be asked.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="PROFILE", help="Profile of the configuration file.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Only forget what gateways were seen to refuse or ignore.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """
    Find out what keeps pictures from being made: settings, gateway, this machine.

    Nothing is generated and nothing is charged, unless --live is given.
    """
    if forget:
        _forget(ctx.obj)
        return
    flags = {"base_url": base_url, "model": model, "profile": profile}
    findings = examined(flags, ctx, is_live=live, as_json=as_json)
    if as_json:
        write_line(ctx.obj.stdout, json_text(report(findings), indent=2))
    raise typer.Exit(int(exit_status(findings)))


def _forget(around: Surroundings) -> None:
    from cpa_image_cli.adapters.files.gateway_memory import forget

    path = around.directories().gateway_memory
    try:
        count = forget(path)
    except OSError as problem:
        raise OutputError(
            f"{path} cannot be removed: {problem.strerror or problem}", code=Code.OUTPUT_UNWRITABLE
        ) from problem
    write_line(around.stdout, f"forgotten: {count} {'habit' if count == 1 else 'habits'} of gateways")


def examined(
    flags: dict[str, str | None], ctx: typer.Context, *, is_live: bool = False, as_json: bool = False
) -> list[Finding]:
    """
    Return what was found, in the order of the table, after showing it unless *as_json*.

    Raises: UsageError for a wrong flag; GatewayError when Ctrl-C or SIGTERM ended it.
    """
    from cpa_image_cli.doctor import Question, examination_of, examine, in_order, prepare

    around: Surroundings = ctx.obj
    question = Question(
        around=around,
        program=Path(sys.executable),
        flags=flags,
        terminal=None if as_json else _terminal(around),
        # Here and not in a thread: it imports every command, and those import each other.
        completion=_completion(ctx),
    )
    case = examination_of(question)
    findings: list[Finding] = []
    with _closing(case):
        prepare(case)
        with _screen(around, is_live=is_live, as_json=as_json) as screen:
            for finding in examine(case, is_live=is_live, tick=TICK):
                if finding is None:
                    screen.tick()
                else:
                    findings.append(finding)
                    screen.handle(finding)
            screen.conclude(hint="" if is_live else HINT)
    return in_order(findings)


@contextmanager
def _closing(case: "Examination") -> Iterator[None]:
    """Undo what the examination left behind; say of a Ctrl-C whether it may have cost something."""
    try:
        yield
    except (KeyboardInterrupt, Stopped) as stop:
        billed = "the request was on its way, so a picture may have been made and billed"
        message = f"stopped; {billed if case.has_sent else 'nothing had been sent that costs anything'}"
        raise GatewayError(Failure(code=code_of(stop), message=message, sent=case.has_sent)) from None
    finally:
        case.close()


@contextmanager
def _screen(
    around: Surroundings, *, is_live: bool, as_json: bool
) -> "Iterator[LiveFindings | PlainFindings | SilentFindings]":
    """Yield what shows the findings, and leave the terminal as it was found."""
    from cpa_image_cli.adapters.terminal.keyboard import keys, size_of
    from cpa_image_cli.doctor import labels
    from cpa_image_cli.ui.console import is_animated
    from cpa_image_cli.ui.doctor.findings import LiveFindings, PlainFindings, SilentFindings

    rows = labels(is_live=is_live)
    if as_json:
        yield SilentFindings()
        return
    if not is_animated(around.stdout, around.environ):
        yield PlainFindings(around.stdout, rows)
        return
    live = LiveFindings(around.stdout, around.environ, rows, clock=around.clock, size=lambda: size_of(around.stdout))
    # No key means anything here; they are kept from being printed into the display.
    with keys(around.stdin, around.stdout, on_stop=live.suspend, on_continue=live.resume), closing(live):
        yield live


def _terminal(around: Surroundings) -> "TerminalFacts | None":
    """Return what the terminal is, after asking it; None when output goes elsewhere."""
    if not around.stdout.isatty():
        return None
    from cpa_image_cli.adapters.terminal.graphics_query import detect, give_back, late_replies, width_of
    from cpa_image_cli.doctor import TerminalFacts
    from cpa_image_cli.ui.console import console_on

    found = detect(around.environ, reads=around.stdin, writes=around.stdout, clock=around.clock)
    typed = found.typed + late_replies(found, reads=around.stdin)
    width = None
    if _can_print_chinese(around.stdout):
        width, more = width_of(CHINESE, around.environ, reads=around.stdin, writes=around.stdout, clock=around.clock)
        typed += more
    if typed:
        give_back(around.stdin, typed)
    colours = console_on(around.stdout, around.environ).color_system
    return TerminalFacts(graphics=found.graphics, colours=colours, chinese_width=width)


def _can_print_chinese(stream: TextIO) -> bool:
    try:
        CHINESE.encode(stream.encoding)
    except (LookupError, UnicodeError):
        return False
    return True


def _completion(ctx: typer.Context) -> "Completion | None":
    """Return how completion stands for the user's shell."""
    from cpa_image_cli.commands.completion import shell_in_use, standing_for
    from cpa_image_cli.completion.shells.shell_folders import place_of
    from cpa_image_cli.doctor import Completion

    around: Surroundings = ctx.obj
    shell = shell_in_use(around)
    if shell is None:
        return None
    try:
        state = standing_for(shell, ctx).name.lower()
    except OutputError as trouble:
        state = trouble.message
    return Completion(shell=shell, path=place_of(shell, around), state=state)
