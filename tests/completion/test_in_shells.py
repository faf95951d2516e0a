"""What a person sees who presses TAB, in each shell as it is."""

import os
import re
from datetime import UTC, datetime, timedelta

import pytest

from cpa_image_cli.adapters.files.model_cache import remember
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.completion.offers import FOLDERS, asked
from cpa_image_cli.completion.shells.scripts import script_for
from cpa_image_cli.completion.tree import Argument, Command
from cpa_image_cli.core.ledger.run import NewRun
from tests.completion.shell_sessions import Session, Starter

WITH_DESCRIPTIONS = ("zsh", "fish")
SHELLS = ("bash", *WITH_DESCRIPTIONS)
in_each_shell = pytest.mark.parametrize("shell", SHELLS)

EVERY_SIZE = ("auto", "1024x1024", "1024x1536", "1536x1024", "2048x2048", "2048x1152", "3840x2160", "2160x3840")


def listed(session: Session, *words: str) -> str:
    """Press TAB as often as it takes to have a list, and wait for *words* in it."""
    # bash wants two; a third would choose the first value in the others.
    session.type("\t\t" if session.shell == "bash" else "\t")
    return session.shows(*words)


@in_each_shell
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("cpa-image gen\t", "cpa-image generate"),
        ("cpa-image hist\tli\t", "cpa-image history list"),
        ("cpa-image generate --outp\t", "cpa-image generate --output"),
        ("cpa-image generate --verb\t", "cpa-image generate --verbose"),
        ("cpa-image generate --no-s\t", "cpa-image generate --no-stream"),
        ("cpa-image generate 画一只松鼠 --if-exists over\t", "cpa-image generate 画一只松鼠 --if-exists overwrite"),
        ("cpa-image generate --format w\t", "cpa-image generate --format webp"),
        ("cpa-image generate --format=w\t", "cpa-image generate --format=webp"),
        ("cpa-image generate --size 3\t", "cpa-image generate --size 3840x2160"),
        ("cpa-image generate --preview alw\t", "cpa-image generate --preview always"),
        (
            "cpa-image generate --quality hi\t--background opa\t",
            "cpa-image generate --quality high --background opaque",
        ),
        ("cpa-image generate --scenario bom\t", "cpa-image generate --scenario bom"),
        ("cpa-image completion po\t", "cpa-image completion powershell"),
        ("cpa-image generate -- --outp\t", "cpa-image generate -- --outp"),
        # A value is no command, even if it is called like one.
        ("cpa-image generate --prompt show --qui\t", "cpa-image generate --prompt show --quiet"),
    ],
)
def test_a_word_is_completed_and_no_program_is_started(start: Starter, shell: str, typed: str, line: str) -> None:
    session = start(shell)

    session.type(typed)

    # zsh adds the sign for an option that takes a value, and takes it back at the next space.
    session.becomes(line, f"{line}=")
    assert session.starts() == []


@in_each_shell
def test_the_commands_are_listed(start: Starter, shell: str) -> None:
    session = start(shell)
    session.type("cpa-image ")

    screen = listed(session, "generate", "history", "config", "completion", "sandbox")

    assert ("Generate a picture from a prompt" in screen) is (shell in WITH_DESCRIPTIONS)
    assert session.starts() == []


@in_each_shell
def test_the_options_are_listed(start: Starter, shell: str) -> None:
    session = start(shell)
    session.type("cpa-image generate --p")

    screen = listed(session, "--prompt-file", "--partial-images", "--profile", "--preview")

    assert ("Show the picture" in screen) is (shell in WITH_DESCRIPTIONS)
    assert "--size" not in screen


@in_each_shell
def test_values_are_listed_in_the_order_of_the_help(start: Starter, shell: str) -> None:
    session = start(shell)
    session.type("cpa-image generate --size ")

    screen = listed(session, *EVERY_SIZE)

    found = re.findall(r"\bauto\b|\b\d{4}x\d{4}\b", screen.partition("--size")[2])
    # fish fills columns downwards, the others rows.
    assert sorted(found) == sorted(EVERY_SIZE)
    assert found[0] == "auto"
    assert shell == "fish" or tuple(found) == EVERY_SIZE


@pytest.mark.parametrize("shell", WITH_DESCRIPTIONS)
def test_a_scenario_is_offered_with_what_it_plays(start: Starter, shell: str) -> None:
    session = start(shell)
    session.type("cpa-image generate --scenario tools-empty")

    screen = listed(session, "the tool was taken away, the next account has it", "the tool is taken away every time")

    assert "a picture, as it should be" not in screen


@in_each_shell
@pytest.mark.parametrize("option", ["-o", "--output", "--prompt-file"])
def test_a_file_with_spaces_and_chinese_in_its_name_is_completed(start: Starter, shell: str, option: str) -> None:
    session = start(shell)
    (session.folder / "红 松鼠.png").touch()

    session.type(f"cpa-image generate {option} 红\t")

    session.becomes(f"cpa-image generate {option} 红\\ 松鼠.png")


@in_each_shell
def test_a_completed_file_name_arrives_as_it_is(start: Starter, shell: str) -> None:
    session = start(shell)
    (session.folder / "it's 红 $HOME & more.png").touch()

    session.type("cpa-image show it\t")
    session.wait_until(lambda: session.line().endswith(".png"), "no name came")
    session.type("\r")
    session.wait_until(lambda: session.starts() != [], "nothing was started")

    assert session.starts() == ["cpa-image show it's 红 $HOME & more.png"]


@in_each_shell
def test_files_and_folders_are_listed_for_an_output(start: Starter, shell: str) -> None:
    session = start(shell)
    (session.folder / "squirrel.png").touch()
    (session.folder / "松鼠 图").mkdir()

    session.type("cpa-image generate -o ")
    listed(session, "squirrel.png", "松鼠")

    assert session.starts() == []


@in_each_shell
def test_only_folders_are_completed_where_a_folder_is_wanted(start: Starter, shell: str) -> None:
    session = start(shell)
    (session.folder / "mine.png").touch()
    (session.folder / "my pictures").mkdir()

    session.type("cpa-image completion --export m\t")

    session.becomes("cpa-image completion --export my\\ pictures/")


@in_each_shell
def test_a_folder_leads_to_what_is_in_it(start: Starter, shell: str) -> None:
    session = start(shell)
    (session.folder / "my pictures").mkdir()
    (session.folder / "my pictures" / "松鼠.png").touch()

    session.type("cpa-image show my\t")
    session.becomes("cpa-image show my\\ pictures/")
    session.type("松\t")

    session.becomes("cpa-image show my\\ pictures/松鼠.png")


@in_each_shell
def test_no_files_are_offered_in_place_of_a_command(start: Starter, shell: str) -> None:
    session = start(shell)
    (session.folder / "genuine.png").touch()

    session.type("cpa-image gen\t")

    session.becomes("cpa-image generate")


@in_each_shell
def test_a_value_is_asked_of_the_program_for_the_key_before_it(start: Starter, shell: str) -> None:
    session = start(shell)

    session.type("cpa-image config set if_exists over\t")

    session.becomes("cpa-image config set if_exists overwrite")


@in_each_shell
def test_a_model_is_asked_of_the_program(start: Starter, shell: str) -> None:
    session = start(shell)
    cache = session.home / ".cache/cpa-image/models.json"
    remember(cache, gateway="https://gateway.example", models=["gpt-5.4", "vendor/qwen:free"])

    session.type("cpa-image generate --model ven\t")

    session.becomes(*(f"cpa-image generate --model vendor/qwen{colon}free" for colon in (":", "\\:")))
    assert session.starts()[0].startswith("cpa-image __complete models ven ")


@in_each_shell
def test_what_follows_a_colon_is_completed(start: Starter, shell: str) -> None:
    session = start(shell)
    remember(session.home / ".cache/cpa-image/models.json", gateway="https://gateway.example", models=["qwen:free"])

    session.type("cpa-image generate --model qwen:\t")

    session.becomes(*(f"cpa-image generate --model qwen{colon}free" for colon in (":", "\\:")))


@in_each_shell
def test_a_profile_is_asked_of_the_program(start: Starter, shell: str) -> None:
    session = start(shell)
    config = session.home / ".config/cpa-image/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('[profiles."工作 室"]\nmodel = "gpt-5.4"\n[profiles.home]\n')

    session.type("cpa-image generate --profile 工\t")

    session.becomes("cpa-image generate --profile 工作\\ 室")


MADE_UP = Command(
    path="",
    help="A program.",
    commands=(
        Command(
            path="move",
            help="Move a picture",
            arguments=(
                Argument(title="ID", help="Which run", value=asked("history-ids")),
                Argument(title="FOLDER", help="Where to", value=FOLDERS),
            ),
        ),
    ),
)
"""Two places of different kinds, as the program itself does not have them."""


def _history(session: Session) -> list[str]:
    history = History(session.home / ".local/share/cpa-image/history.sqlite3")
    at = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
    return [
        history.begin(
            NewRun(
                prompt=prompt,
                model="gpt-5.4",
                gateway="https://gateway.example",
                parameters={},
                started_at=at + timedelta(days=day),
            )
        )
        for day, prompt in enumerate(("一只可爱的松鼠", "a lighthouse: at dusk"))
    ]


@in_each_shell
def test_runs_are_offered_newest_first_with_their_prompts(start: Starter, shell: str) -> None:
    session = start(shell)
    older, newer = _history(session)
    shared = os.path.commonprefix([older, newer])  # noqa: RUF071 - texts, not paths

    session.type(f"cpa-image history show {shared}")
    screen = listed(session, older, newer)

    found = re.findall(rf"{older}|{newer}", screen)
    assert found == [newer, older]
    assert ("a lighthouse: at dusk" in screen and "一只可爱的松鼠" in screen) is (shell in WITH_DESCRIPTIONS)


@in_each_shell
def test_every_place_of_a_repeated_argument_is_completed(start: Starter, shell: str) -> None:
    session = start(shell)
    older, newer = _history(session)

    session.type(f"cpa-image history forget {older} {newer[:-2]}\t")

    session.becomes(f"cpa-image history forget {older} {newer}")


@in_each_shell
def test_the_second_place_is_another_than_the_first(start: Starter, shell: str) -> None:
    session = start(shell, script=script_for(shell, MADE_UP))
    (session.folder / "old pictures").mkdir()
    (session.folder / "old.png").touch()

    session.type("cpa-image move some o\t")

    session.becomes("cpa-image move some old\\ pictures/")
    assert session.starts() == []


@in_each_shell
def test_a_script_may_be_read_at_the_start_of_a_shell(start: Starter, scripts: dict[str, str], shell: str) -> None:
    """As in ``source <(cpa-image completion bash)``, for somebody who would rather not install it."""
    session = start(shell, script="")
    (session.folder / "script").write_text(scripts[shell])

    session.type("source ./script; echo re''ad\r")
    session.shows("\nread\n")
    session.type("cpa-image gen\t--verb\t")

    session.becomes("cpa-image generate --verbose")


@in_each_shell
def test_a_program_that_fails_leaves_the_line_as_it_is(start: Starter, shell: str) -> None:
    session = start(shell)
    data = session.home / ".config/cpa-image/config.toml"
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text("this is [no TOML\n")

    session.type("cpa-image generate --profile wo\t")
    session.wait_until(lambda: len(session.starts()) > 0, "the program was not asked")
    session.type("rk")

    session.becomes("cpa-image generate --profile work")
