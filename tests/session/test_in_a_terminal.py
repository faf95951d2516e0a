"""The session, driven by keys in a pseudo-terminal and read from its screen, against a gateway over real sockets."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.run import NewRun
from tests.session.conftest import Gateway
from tests.session.terminal import (
    BACKSPACE,
    CTRL_C,
    CTRL_D,
    CTRL_U,
    DOWN,
    ENTER,
    ESCAPE,
    LEFT,
    PASTE,
    PASTED,
    UP,
    Terminal,
    environment,
    session,
)

MENU = "Enter new  a again  c change  e edit  s save as  o open  h history  q quit"
MENU_WITHOUT_PICTURE = "Enter new  a again  e edit  h history  q quit"


def drawn(terminal: Terminal, prompt: str) -> None:
    """Type *prompt*, and wait for its picture."""
    terminal.types(prompt)
    terminal.ends_with(f"› {prompt}")
    terminal.types(ENTER)
    terminal.ends_with(MENU)


def test_a_picture_is_changed_and_changed_again(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "a fox")
        for words, name, before in (
            ("at night", "at-night.png", "a-fox.png"),
            ("in rain", "in-rain.png", "at-night.png"),
        ):
            terminal.types("c")
            terminal.ends_with("change ›")
            terminal.types(words, ENTER)
            terminal.shows(f"changes {before}")
            terminal.shows("✓ " + str(home / "pictures" / "cpa-image" / name))
            terminal.ends_with(MENU)
        terminal.types("q")
        assert terminal.left() == 0

    newest, night, fox = History(home / "data" / "cpa-image" / "history.sqlite3").recent(3)
    assert (newest.origin, night.origin, fox.origin) == (night.id, fox.id, None)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def remembered(home: Path, *prompts: str) -> None:
    history = History(home / "data" / "cpa-image" / "history.sqlite3")
    for prompt in prompts:
        at = datetime(2026, 5, 9, tzinfo=UTC)
        history.begin(NewRun(prompt=prompt, model="gpt-5.4", gateway="x", parameters={}, started_at=at))


def locked_history(home: Path) -> sqlite3.Connection:
    """Return a connection that keeps everybody else out of the history until it is closed."""
    connection = sqlite3.connect(home / "data" / "cpa-image" / "history.sqlite3", isolation_level=None)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def test_a_chinese_prompt_is_drawn_edited_drawn_again_saved_as_and_listed(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "画一只松鼠")
        terminal.types("e")
        terminal.ends_with("› 画一只松鼠")
        terminal.types("，水彩")
        terminal.ends_with("› 画一只松鼠，水彩")
        terminal.types(ENTER)
        terminal.shows("✓ " + str(home / "pictures" / "cpa-image" / "画一只松鼠-水彩.png"))
        terminal.ends_with(MENU)
        terminal.types("a")
        terminal.shows("画一只松鼠-水彩-2.png")
        terminal.ends_with(MENU)
        terminal.types("s")
        terminal.ends_with("save as › 画一只松鼠-水彩-2.png")
        terminal.types(CTRL_U, "~/松鼠/", ENTER)
        terminal.shows("✓ saved as " + str(home / "松鼠" / "画一只松鼠-水彩-2.png"))
        terminal.ends_with(MENU)
        terminal.types("h")
        terminal.shows("Esc back")
        listed = [row.split()[-1] for row in terminal.rows[-5:-1]]
        terminal.types(ESCAPE)
        terminal.ends_with(MENU)
        terminal.types("q")
        status = terminal.left()

        pictures = home / "pictures" / "cpa-image"
        assert (status, terminal.modes == terminal.modes_before, terminal.cursor) == (0, True, (0, True))
        assert gateway.prompts == ["画一只松鼠", "画一只松鼠，水彩", "画一只松鼠，水彩"]
        assert listed == ["Prompt", "画一只松鼠，水彩", "画一只松鼠，水彩", "画一只松鼠"]
        assert names_in(pictures) == ["画一只松鼠-水彩-2.png", "画一只松鼠-水彩.png", "画一只松鼠.png"]
        copy = home / "松鼠" / "画一只松鼠-水彩-2.png"
        assert copy.read_bytes() == (pictures / copy.name).read_bytes()


def test_a_wide_character_is_one_to_the_cursor_and_two_to_the_screen(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        terminal.types("画一只松鼠")
        terminal.ends_with("› 画一只松鼠")
        seen = [terminal.cursor]
        terminal.types(LEFT, LEFT)
        terminal.becomes(lambda: terminal.cursor[0] == 8, "the cursor before 松")
        terminal.types(BACKSPACE)
        terminal.ends_with("› 画一松鼠")
        seen.append(terminal.cursor)
        terminal.types("灰")
        terminal.ends_with("› 画一灰松鼠")
        seen.append(terminal.cursor)
        terminal.types(ENTER)
        terminal.ends_with(MENU)

        assert seen == [(12, True), (6, True), (8, True)]
        assert gateway.prompts == ["画一灰松鼠"]


def test_a_pasted_text_of_several_lines_is_one_prompt(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        terminal.types(PASTE, "一只松鼠\r\n在雪地里", PASTED)
        terminal.shows("在雪地里")
        terminal.types(ENTER)
        terminal.ends_with(MENU)

        assert gateway.prompts == ["一只松鼠\n在雪地里"]


def test_text_pasted_at_the_menu_begins_the_next_prompt(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "a dog")
        terminal.types(PASTE, "quite another squirrel", PASTED)
        terminal.ends_with("› quite another squirrel")
        terminal.types(ENTER)
        terminal.ends_with(MENU)

        assert gateway.prompts == ["a dog", "quite another squirrel"]


def test_earlier_prompts_are_recalled_those_of_other_days_too(home: Path, gateway: Gateway) -> None:
    remembered(home, "很久以前的猫", "a dog")
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "松鼠")
        terminal.types(ENTER)
        terminal.ends_with("›")
        seen = []
        for expected in ("松鼠", "a dog", "很久以前的猫"):
            terminal.types(UP)
            terminal.ends_with(f"› {expected}")
            seen.append(expected)
        terminal.types(ENTER)
        terminal.ends_with(MENU)

        assert gateway.prompts == ["松鼠", seen[-1]]


def test_ctrl_c_stops_the_run_and_not_the_session(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        gateway.gate.shut()
        terminal.types("松鼠", ENTER)
        terminal.shows("sent, waiting for the gateway")
        terminal.types(CTRL_C)
        terminal.shows("✗ stopped; the request had been sent")
        terminal.ends_with(MENU_WITHOUT_PICTURE)
        left_behind = names_in(home / "pictures" / "cpa-image")
        gateway.gate.open()
        terminal.types("a")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert (terminal.left(), left_behind, gateway.prompts) == (0, [], ["松鼠", "松鼠"])


def test_an_impatient_enter_during_a_run_does_not_pay_for_another(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        gateway.gate.shut()
        terminal.types("松鼠", ENTER)
        terminal.shows("sent, waiting for the gateway")
        terminal.types(ENTER, ENTER, "a")
        gateway.gate.open()
        terminal.ends_with(MENU)
        terminal.types("h")
        terminal.shows("Esc back")

        assert gateway.prompts == ["松鼠"]


def test_words_that_are_commands_are_done_and_not_drawn(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        for words in ("help", "?", "/nothing of the kind", "/again", "/open"):
            terminal.types(words, ENTER)
            terminal.ends_with("›")
        terminal.shows("/size WIDTHxHEIGHT")
        terminal.shows("There is no /nothing; /help lists what there is.")
        terminal.shows("/again: nothing has been drawn here yet.")
        terminal.types("quit", ENTER)

        assert (terminal.left(), gateway.prompts) == (0, [])


def test_a_prompt_may_begin_with_a_slash(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        terminal.types("//etc 画成一座城", ENTER)
        terminal.ends_with(MENU)
        terminal.types(ENTER)
        terminal.ends_with("›")
        terminal.types("/again", ENTER)
        terminal.becomes(lambda: len(gateway.prompts) == 2, "the second picture")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert (terminal.left(), gateway.prompts) == (0, ["/etc 画成一座城"] * 2)


def test_what_will_be_sent_is_on_the_screen_and_is_changed_without_leaving(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        terminal.shows("gpt-5.4 · auto · quality auto · png · at ")
        for words, shown in (
            ("/size 1536x1024", "gpt-5.4 · 1536x1024 · quality auto · png · at "),
            ("/quality high", "gpt-5.4 · 1536x1024 · quality high · png · at "),
            ("/format webp", "· webp · at "),
            ("/stream on", "· webp · stream · at "),
            ("/stream off", "· webp · at "),
            ("/size 10x", "--size '10x': expected WIDTHxHEIGHT"),
            ("/model gpt-image-2", "is an image model"),
            ("/profile nowhere", "there is no profile 'nowhere'"),
            ("/quality", "Say which: /quality "),
            ("/size -", "gpt-5.4 · auto · quality high · webp · at "),
        ):
            terminal.types(words, ENTER)
            terminal.shows(shown)
            terminal.ends_with("›")
        drawn(terminal, "松鼠")
        terminal.types("q")
        status = terminal.left()

        (body,) = [request.json for request in gateway.requests if request.method == "POST"]
        assert status == 0
        assert body["tools"] == [{"type": "image_generation", "output_format": "webp", "quality": "high"}]


def test_an_earlier_run_is_picked_with_arrows_shown_and_gone_on_from(home: Path, gateway: Gateway) -> None:
    remembered(home, "很久以前的猫")
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "松鼠")
        terminal.types("h")
        terminal.shows("Esc back")
        terminal.types(DOWN)
        terminal.becomes(
            lambda: any(row.startswith("› ") and "很久以前的猫" in row for row in terminal.rows), "the mark"
        )
        terminal.types(ENTER)
        terminal.shows("2026-05-09")
        terminal.ends_with(MENU_WITHOUT_PICTURE)
        terminal.types("e")
        terminal.ends_with("› 很久以前的猫")
        terminal.types("，戴帽子", ENTER)
        terminal.ends_with(MENU)
        terminal.types("h")
        terminal.shows("Esc back")
        terminal.types(DOWN, "r")
        terminal.becomes(lambda: gateway.prompts[2:] == ["松鼠"], "the rerun")
        terminal.ends_with(MENU)
        terminal.types(CTRL_D)

        assert (terminal.left(), gateway.prompts) == (0, ["松鼠", "很久以前的猫，戴帽子", "松鼠"])


@pytest.mark.parametrize("key", ["\x1b", "\x03"], ids=["Esc", "Ctrl-C"])
def test_what_was_typed_is_taken_back_and_not_lost(home: Path, gateway: Gateway, key: str) -> None:
    with session(home, **gateway.environ) as terminal:
        terminal.types("画一只松鼠")
        terminal.ends_with("› 画一只松鼠")
        terminal.types(key)
        terminal.ends_with("›")
        terminal.types(UP)
        terminal.ends_with("› 画一只松鼠")
        terminal.types(key)
        terminal.ends_with("›")
        terminal.types(CTRL_D)

        assert (terminal.left(), gateway.prompts) == (0, [])


def test_the_picture_or_its_path_is_copied_where_there_is_a_tool(home: Path, gateway: Gateway) -> None:
    copied = home / "copied"
    tool = home / "bin" / "xclip"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >> {copied}\ncat > {copied}.content\n', encoding="utf-8")
    tool.chmod(0o755)
    path = f"{tool.parent}:/usr/bin:/bin"
    with session(home, **gateway.environ, PATH=path, DISPLAY=":0", WAYLAND_DISPLAY="") as terminal:
        drawn(terminal, "松鼠")
        terminal.types(ENTER)
        terminal.ends_with("›")
        terminal.types("/copy", ENTER)
        terminal.shows("✓ picture copied")
        terminal.ends_with("›")
        terminal.types("/copy path", ENTER)
        terminal.shows("✓ path copied")
        terminal.ends_with("›")
        terminal.types(CTRL_D)
        status = terminal.left()

        picture = home / "pictures" / "cpa-image" / "松鼠.png"
        assert status == 0
        assert copied.read_text().splitlines() == ["-selection clipboard -t image/png -i", "-selection clipboard"]
        assert (home / "copied.content").read_text() == str(picture)


@pytest.mark.parametrize(("key", "status"), [(CTRL_C, 130), (CTRL_D, 0)], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("at_menu", [False, True], ids=["prompt", "menu"])
def test_leaving_by_a_control_key_gives_the_terminal_back(
    home: Path, gateway: Gateway, key: str, status: int, *, at_menu: bool
) -> None:
    with session(home, **gateway.environ) as terminal:
        if at_menu:
            drawn(terminal, "松鼠")
        raw = terminal.modes != terminal.modes_before
        terminal.types(key)

        assert (terminal.left(), raw, terminal.modes == terminal.modes_before) == (status, True, True)
        assert terminal.cursor == (0, True)


@pytest.mark.parametrize("moment", ["prompt", "run", "menu"])
def test_sigterm_at_any_moment_gives_the_terminal_back(home: Path, gateway: Gateway, moment: str) -> None:
    with session(home, **gateway.environ) as terminal:
        if moment == "menu":
            drawn(terminal, "松鼠")
        if moment == "run":
            gateway.gate.shut()
            terminal.types("松鼠", ENTER)
            terminal.shows("sent, waiting for the gateway")
        terminal.kill(signal.SIGTERM)

        assert (terminal.left(), terminal.modes == terminal.modes_before) == (143, True)
        assert terminal.cursor == (0, True)


def test_a_failure_is_told_and_leads_back_to_the_menu(home: Path) -> None:
    with Gateway("bad-key") as gateway, session(home, **gateway.environ) as terminal:
        terminal.types("松鼠", ENTER)
        terminal.shows("✗ the gateway refused the API key")
        terminal.ends_with(MENU_WITHOUT_PICTURE)
        terminal.types("e")
        terminal.ends_with("› 松鼠")
        terminal.types(CTRL_D, CTRL_U, CTRL_D)

        assert (terminal.left(), gateway.prompts) == (0, ["松鼠"])


def test_a_folder_that_cannot_be_written_is_told_and_leads_back_to_the_menu(home: Path, gateway: Gateway) -> None:
    (home / "pictures").write_text("in the way", encoding="utf-8")
    with session(home, **gateway.environ) as terminal:
        terminal.types("松鼠", ENTER)
        terminal.shows("output_unwritable")
        terminal.ends_with(MENU_WITHOUT_PICTURE)
        (home / "pictures").unlink()
        terminal.types("a")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert (terminal.left(), gateway.prompts) == (0, ["松鼠"])


def test_ctrl_c_before_anything_was_sent_says_so_and_leads_back_to_the_menu(home: Path, gateway: Gateway) -> None:
    remembered(home, "很久以前的猫")
    with session(home, **gateway.environ) as terminal, contextlib.closing(locked_history(home)):
        terminal.types("松鼠")
        terminal.ends_with("› 松鼠")
        terminal.types(ENTER)
        # From here on the run waits for its history.
        terminal.becomes(lambda: (terminal.last, terminal.cursor[0]) == ("› 松鼠", 0), "the prompt above its run")
        terminal.types(CTRL_C)
        terminal.ends_with(MENU_WITHOUT_PICTURE)
        terminal.types("q")

        assert (terminal.left(), gateway.prompts) == (0, [])
        assert "stopped; nothing had been sent" in terminal.text


@pytest.mark.parametrize(("way", "status"), [("Ctrl-C", 130), ("SIGTERM", 143)])
def test_stopping_before_the_first_question_leaves_the_session(home: Path, way: str, status: int) -> None:
    started = home / "started"
    config = home / "config" / "cpa-image" / "config.toml"
    config.write_text(f"api_key_command = \"sh -c 'echo > {started}; exec sleep 600'\"\n", encoding="utf-8")
    with Terminal(home, IMAGE_GEN_BASE_URL="http://127.0.0.1:9") as terminal:
        terminal.becomes(started.exists, "the program that prints the key")
        if way == "Ctrl-C":
            terminal.types(CTRL_C)
        else:
            terminal.kill(signal.SIGTERM)

        assert (terminal.left(), terminal.modes == terminal.modes_before) == (status, True)
        assert "Traceback" not in terminal.text


def test_a_damaged_history_recalls_nothing_and_keeps_nobody_from_drawing(home: Path, gateway: Gateway) -> None:
    history = home / "data" / "cpa-image" / "history.sqlite3"
    history.parent.mkdir(parents=True)
    history.write_bytes(b"this is no database" * 1000)
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "松鼠")
        terminal.types("h")
        terminal.shows("history_unreadable")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert (terminal.left(), gateway.prompts) == (0, ["松鼠"])


def test_a_picture_that_cannot_be_saved_or_opened_any_more_is_told(home: Path, gateway: Gateway) -> None:
    with session(home, columns=250, **gateway.environ) as terminal:
        drawn(terminal, "松鼠")
        picture = home / "pictures" / "cpa-image" / "松鼠.png"
        picture.unlink()
        terminal.types("o")
        terminal.shows(f"{picture} is not there any more")
        terminal.ends_with(MENU)
        terminal.types("s")
        terminal.ends_with("save as › 松鼠.png")
        terminal.types(CTRL_U, "other.png", ENTER)
        terminal.shows(f"{picture} cannot be read any more")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert (terminal.left(), (home / "other.png").exists()) == (0, False)


def test_a_file_that_exists_is_replaced_when_somebody_says_so(home: Path, gateway: Gateway) -> None:
    wanted, seen = home / "松鼠.png", []
    wanted.write_bytes(b"mine")
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "a dog")
        for answer in ("n", "y"):
            terminal.types("s")
            terminal.ends_with("save as › a-dog.png")
            terminal.types(CTRL_U, "松鼠.png", ENTER)
            terminal.shows("松鼠.png exists already.")
            terminal.types(answer)
            terminal.ends_with(MENU)
            seen.append(wanted.read_bytes())
        terminal.types("q")

        assert terminal.left() == 0
        assert seen == [b"mine", (home / "pictures" / "cpa-image" / "a-dog.png").read_bytes()]


def test_ctrl_c_at_a_question_goes_back_to_the_menu(home: Path, gateway: Gateway) -> None:
    with session(home, **gateway.environ) as terminal:
        drawn(terminal, "a dog")
        terminal.types("s")
        terminal.ends_with("save as › a-dog.png")
        terminal.types(CTRL_C)
        terminal.ends_with(MENU)
        terminal.types("q")

        assert terminal.left() == 0


def test_the_picture_is_opened_by_the_systems_viewer(home: Path, gateway: Gateway) -> None:
    opener, opened = home / "bin" / "xdg-open", home / "opened"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n', encoding="utf-8")
    opener.chmod(0o755)
    path = f"{opener.parent}:{os.environ['PATH']}"
    with session(home, **gateway.environ, PATH=path) as terminal:
        drawn(terminal, "松鼠")
        terminal.types("o")
        terminal.ends_with(MENU)
        terminal.types("q")

        assert terminal.left() == 0
        assert opened.read_text(encoding="utf-8") == str(home / "pictures" / "cpa-image" / "松鼠.png")


def test_without_a_gateway_the_sandbox_is_offered_and_draws(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.ends_with("Enter try it with the sandbox  q quit")
        offered = "no gateway is configured" in terminal.text
        terminal.types(ENTER)
        terminal.ends_with("›")
        drawn(terminal, "画一只松鼠")
        terminal.types("q")

        assert (terminal.left(), offered) == (0, True)
        assert "gpt-5.4 at the sandbox" in terminal.text
        assert names_in(home / "pictures" / "cpa-image") == ["画一只松鼠.png"]


def test_the_sandbox_that_is_asked_for_leaves_the_gateway_alone(home: Path, gateway: Gateway) -> None:
    with session(home, "--sandbox", **gateway.environ) as terminal:
        terminal.types(CTRL_D)

        assert (terminal.left(), gateway.requests) == (0, [])
        assert "gpt-5.4 at the sandbox" in terminal.text


def test_settings_that_cannot_be_read_are_told_at_once(home: Path) -> None:
    (home / "config" / "cpa-image" / "config.toml").write_text("retries = many\n", encoding="utf-8")
    with Terminal(home, columns=250) as terminal:
        assert terminal.left() == 3
        assert "config_invalid" in terminal.text


def test_on_a_narrow_terminal_no_word_of_the_menu_is_cut(home: Path, gateway: Gateway) -> None:
    with session(home, columns=40, **gateway.environ) as terminal:
        terminal.types("松鼠", ENTER)
        terminal.ends_with("s save as  o open  h history  q quit")
        menu = terminal.rows[-2]
        terminal.types("q")

        assert (terminal.left(), menu) == (0, "Enter new  a again  c change  e edit")


def test_a_terminal_that_cannot_move_its_cursor_is_asked_in_lines(home: Path, gateway: Gateway) -> None:
    with Terminal(home, **gateway.environ, TERM="dumb") as terminal:
        terminal.ends_with("›")
        terminal.types("松鼠\n")
        terminal.ends_with(f"{MENU}:")
        terminal.types("e\n")
        terminal.ends_with("› [松鼠]")
        terminal.types("一只猫\n")
        terminal.becomes(lambda: terminal.text.count(MENU) == 2, "the second menu")
        terminal.types("q\n")

        assert (terminal.left(), gateway.prompts) == (0, ["松鼠", "一只猫"])


@pytest.mark.parametrize("closed", ["stdin", "stdout", "stderr"])
def test_without_a_terminal_at_every_end_it_helps_and_exits_2(home: Path, closed: str) -> None:
    master, slave = os.openpty()
    try:
        ends = dict.fromkeys(("stdin", "stdout", "stderr"), slave) | {closed: subprocess.DEVNULL}
        run = subprocess.run([sys.executable, "-m", "cpa_image_cli"], **ends, env=environment(home, {}), check=False)

        said = os.read(master, 65536).decode() if closed != "stdout" else ""
    finally:
        os.close(master)
        os.close(slave)

    assert (run.returncode, "Usage" in said) == (2, closed != "stdout")


def test_the_sandbox_of_the_session_is_not_that_of_a_command(home: Path) -> None:
    words = [sys.executable, "-m", "cpa_image_cli", "--sandbox", "history", "list"]
    run = subprocess.run(words, env=environment(home, {}), capture_output=True, check=False, text=True)

    assert (run.returncode, run.stdout) == (2, "")
    assert "generate --sandbox" in run.stderr
