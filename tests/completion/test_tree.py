from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
import typer

from cpa_image_cli.completion.offers import FILES, FOLDERS, NOTHING, Kind, Offer, asked, offer_named, words_of
from cpa_image_cli.completion.tree import Argument, Command, Option, described
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.sandbox.scenarios import SCENARIOS


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


app = typer.Typer(help="A program. It does things.", add_completion=False)
group = typer.Typer(add_completion=False)
app.add_typer(group, name="group", help="Things in a group.")


@app.command()
def draw(
    file: Annotated[Path, typer.Argument(help="What to draw.")],
    *,
    more: Annotated[list[str] | None, typer.Argument(metavar="[ID]...")] = None,
    colour: Annotated[Colour, typer.Option("--colour", "-c", help="Paint.  [default: red]")] = Colour.RED,
    shape: Annotated[Literal["round", "square"], typer.Option("--shape")] = "round",
    mode: Annotated[str, typer.Option("--mode", metavar="fast|slow", help="How,\nwith [bold]care[/bold].")] = "fast",
    folder: Annotated[Path | None, typer.Option("--folder", file_okay=False)] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag")] = None,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True)] = 0,
    hidden: Annotated[bool, typer.Option("--hidden", hidden=True)] = False,
    stream: Annotated[bool | None, typer.Option("--stream/--no-stream", help="Stream it.")] = None,
    word: Annotated[
        str | None,
        typer.Option(
            "--word", autocompletion=lambda incomplete: [w for w in ("one", "two") if w.startswith(incomplete)]
        ),
    ] = None,
) -> None:
    """
    Draw a thing, e.g. this.

    And more.
    """


@group.command("list")
def list_things() -> None:
    """List them."""


@group.command("secret", hidden=True)
def secret() -> None:
    """Say nothing."""


HELP = Option(names=("--help",), help="Show this message and exit")


def test_the_tree_is_what_typer_knows() -> None:
    root = typer.main.get_group(app)

    tree = described(root, lambda name: root.commands[name])

    draw, group = tree.commands
    assert tree == Command(path="", help="A program", options=(HELP,), commands=(draw, group))
    assert group == Command(
        path="group",
        help="Things in a group",
        options=(HELP,),
        commands=(Command(path="group list", help="List them", options=(HELP,)),),
    )
    assert draw == Command(
        path="draw",
        help="Draw a thing, e.g. this",
        arguments=(
            Argument(title="file", help="What to draw", value=FILES),
            Argument(title="ID", help="", value=asked("history-ids"), is_repeatable=True),
        ),
        options=(
            Option(names=("--colour", "-c"), help="Paint", value=words_of("red", "blue"), title="colour"),
            Option(names=("--shape",), help="", value=words_of("round", "square"), title="shape"),
            Option(names=("--mode",), help="How, with care", value=words_of("fast", "slow"), title="mode"),
            Option(names=("--folder",), help="", value=FOLDERS, title="folder"),
            Option(names=("--tag",), help="", value=NOTHING, title="tag", is_repeatable=True),
            Option(names=("--verbose", "-v"), help="", is_repeatable=True),
            Option(names=("--stream",), help="Stream it", excludes=("--no-stream",)),
            Option(names=("--no-stream",), help="Not --stream", excludes=("--stream",)),
            Option(names=("--word",), help="", value=words_of("one", "two"), title="word"),
            HELP,
        ),
    )


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("PATH", FILES),
        ("[FILE]", FILES),
        ("FOLDER...", FOLDERS),
        ("PROFILE", asked("profiles")),
        ("MODEL", asked("models")),
        ("[ID]...", asked("history-ids")),
        ("png|jpeg|webp", words_of("png", "jpeg", "webp")),
        ("[a|b]", words_of("a", "b")),
        ("TEXT", None),
        ("0-100", None),
        ("", None),
    ],
)
def test_the_name_of_a_value_says_what_is_offered(name: str, offer: Offer | None) -> None:
    assert offer_named(name) == offer


def test_every_scenario_and_every_key_can_be_offered() -> None:
    """Their names need no quotes in any shell, or this would raise."""
    scenarios, keys = offer_named("SCENARIO"), offer_named("KEY")

    assert scenarios is not None
    assert keys is not None
    assert (scenarios.kind, keys.kind) == (Kind.WORDS, Kind.WORDS)
    assert [word.value for word in scenarios.words] == list(SCENARIOS)
    assert [word.value for word in keys.words] == [*KEYS, "default_profile"]


def test_the_program_itself_is_described_whole(tree: Command) -> None:
    (generate,) = (command for command in tree.walk() if command.path == "generate")

    offers = {option.names[0]: option.value for option in generate.options}

    assert offers["--output"] == FILES
    assert offers["--prompt-file"] == FILES
    assert offers["--quality"] == words_of("auto", "low", "medium", "high", "xhigh", "max")
    assert offers["--if-exists"] == words_of("error", "overwrite", "number")
    assert offers["--preview"] == words_of("auto", "always", "never")
    assert offers["--model"] == asked("models")
    assert offers["--json"] is None
    assert {"generate", "config show", "history list", "completion"} <= {command.path for command in tree.walk()}
