"""
The root of the command line and the error boundary: parse, run, say how it ended.

Which commands there are stands in ``commands/tree.py``.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import typer

from cpa_image_cli import __version__
from cpa_image_cli.commands.dialogue.stdio import (
    ResultLostError,
    as_internal_error,
    as_lost_result,
    tell_error,
    write_line,
)
from cpa_image_cli.commands.parsing.helpful import show_help
from cpa_image_cli.commands.parsing.lazy_group import group_of
from cpa_image_cli.commands.tree import COMMANDS, MANUAL
from cpa_image_cli.core.agents import is_for_an_agent
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus, UsageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.signals import Stopped, code_of, stopped_unsent
from cpa_image_cli.process.surroundings import APPLICATION, Directories, Surroundings

app = typer.Typer(
    cls=group_of(COMMANDS, MANUAL, draws="generate"),
    name=APPLICATION,
    add_completion=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - Typer's callback protocol
    if value:
        typer.echo(f"{APPLICATION} {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    version: bool = typer.Option(  # noqa: ARG001, FBT001 - read by its callback
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
    sandbox: bool = typer.Option(  # noqa: FBT001 - Typer's way to declare a flag
        False, "--sandbox", help="Without a command: draw with the simulated gateway."
    ),
) -> None:
    """
    Make pictures from the terminal through any OpenAI-compatible gateway.

    Without a command, on a terminal: a small session. Type what to draw, watch it, go on from there.
    """
    around: Surroundings = ctx.obj
    if ctx.invoked_subcommand is not None:
        if sandbox:
            raise UsageError("--sandbox without a place", hint="Say it after the command: cpa-image generate --sandbox")
    elif _somebody_is_there(around):
        from cpa_image_cli.commands.session.host import hold_session

        raise typer.Exit(hold_session(around, in_sandbox=sandbox, run_command=run))
    else:
        show_help(ctx)
        raise typer.Exit(ExitStatus.USAGE)


def _somebody_is_there(around: Surroundings) -> bool:
    streams = (around.stdin, around.stdout, around.stderr)
    return all(stream.isatty() for stream in streams) and not is_for_an_agent(around.environ)


def run(argv: Sequence[str], around: Surroundings) -> int:
    """Run the command line *argv* (without the program's name); return the exit status. Never raises our errors."""
    around = _with_ledger(around)
    try:
        status = app(args=list(argv), prog_name=APPLICATION, standalone_mode=False, obj=around)
    except typer.TyperException as error:
        return _report(_as_usage_error(error), argv, around)
    except (typer.Abort, Stopped) as stop:
        return stopped(code_of(stop), argv, around)
    except CpaImageError as error:
        return _report(error, argv, around)
    except Exception as bug:  # noqa: BLE001 - the boundary: what arrives here is a bug, and is told as one
        return _report(as_lost_result(bug) or as_internal_error(bug, around), argv, around)
    except SystemExit:
        # How Typer and Rich end when nobody reads their help any more.
        return int(ExitStatus.OK)
    return int(status) if isinstance(status, int) else int(ExitStatus.OK)


def _with_ledger(around: Surroundings) -> Surroundings:
    """Return *around* with the ledger that a variable or the configuration names; asked when a folder is asked for."""

    @functools.cache
    def directories() -> Directories:
        from cpa_image_cli.settings import with_ledger

        return with_ledger(around).directories()

    return replace(around, directories=directories)


def stopped(code: Code, argv: Sequence[str], around: Surroundings) -> int:
    """Tell that it was stopped with nothing under way yet; return the exit status."""
    return _report(stopped_unsent(code), argv, around)


def _report(error: CpaImageError, argv: Sequence[str], around: Surroundings) -> int:
    """Tell *error* to a program or to a person, as asked; return its exit status."""
    if wants_json(argv) and not isinstance(error, ResultLostError):
        nothing = Outcome(model="", requested={}, attempts=0, elapsed_s=0.0, trouble=Trouble.of(error))
        try:
            write_line(around.stdout, json_text(nothing.as_json()))
        except ResultLostError as lost:
            tell_error(lost, around)
    else:
        tell_error(error, around)
    return int(error.exit_status)


def wants_json(argv: Sequence[str]) -> bool:
    """Whether the caller is a program. Asked of the raw words, since they may not have parsed."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    return "--json" in words or "--jsonl" in words


def _as_usage_error(error: typer.TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else APPLICATION
    sentence = error.format_message() if hasattr(error, "format_message") else str(error)
    # Typer's own sentences begin with a capital letter and end with a full stop; ours do not.
    sentence = re.sub(r" \(Possible options: .*\)$", "", one_line(sentence)).rstrip(".")
    sentence = sentence.replace(". Did you mean", "; did you mean")
    return UsageError(sentence[:1].lower() + sentence[1:], hint=_advice(error, context, path))


def _advice(error: typer.TyperException, context: Any, path: str) -> str:  # noqa: ANN401 - Typer's own type is private
    """Return what to do about *error*; of an option that there is not, perhaps which one was meant."""
    option = getattr(error, "option_name", None)
    if option is None or context is None or not hasattr(error, "possibilities"):
        return f"`{path} --help` lists what there is."
    from cpa_image_cli.commands.parsing.meant import advice_for

    known = [name for one in context.command.get_params(context) for name in one.opts]
    return advice_for(str(option), known, path=path)
