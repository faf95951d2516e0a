"""The session as a state machine: what each key means where, and what each end leads to."""

from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.session.lines import COMMANDS, Command, Prompt, Unknown, setting_value, understood
from cpa_image_cli.core.session.states import (
    Changed,
    Done,
    Event,
    NameTaken,
    Picked,
    Ran,
    Session,
    Stage,
    advance,
    recalled,
)
from cpa_image_cli.core.terminal.keys import ENTER, Escaped, Interrupted, Left, Pressed, Terminated, Typed, as_key

PICTURE = Path("/pictures/松鼠.png")
DRAWN = Session(stage=Stage.CHOOSING, prompt="画一只松鼠", picture=PICTURE)
FAILED = replace(DRAWN, picture=None)
BACK = frozenset(
    {
        Stage.CHANGING,
        Stage.NAMING,
        Stage.SAVING,
        Stage.REPLACING,
        Stage.OPENING,
        Stage.PICKING,
        Stage.SHOWING,
        Stage.COPYING,
    }
)
RESTING = (Stage.OFFERING, Stage.ASKING, Stage.CHOOSING)


def after(session: Session, *events: Event) -> Session:
    for event in events:
        session = advance(session, event)
    return session


def keys(session: Session) -> str:
    return " ".join(choice.key for choice in session.choices)


def test_a_session_asks_first() -> None:
    assert Session() == Session(stage=Stage.ASKING, draft="", prompt="", picture=None, status=ExitStatus.OK)


def test_a_prompt_is_run_without_the_blanks_around_it() -> None:
    assert after(Session(), Typed("  画一只松鼠\n")) == Session(stage=Stage.RUNNING, prompt="画一只松鼠")


@pytest.mark.parametrize("letter", ["s", "h", "a", "7"])
def test_a_single_letter_is_a_key_that_means_nothing_here_and_is_never_drawn(letter: str) -> None:
    assert after(Session(), Typed(letter)).stage is Stage.HELPING
    assert after(replace(DRAWN, stage=Stage.ASKING), Typed(letter)) == DRAWN


def test_a_single_chinese_character_is_a_prompt() -> None:
    assert after(Session(), Typed("猫")).stage is Stage.RUNNING


def test_nothing_typed_is_asked_again() -> None:
    assert after(Session(draft="x"), Typed("  ")) == Session()


def test_what_is_typed_where_nothing_is_asked_changes_nothing() -> None:
    running = Session(stage=Stage.RUNNING, prompt="画一只松鼠")

    assert after(running, Typed("quit")) == running


def test_an_edit_that_leaves_nothing_goes_back_to_the_menu() -> None:
    assert after(DRAWN, Pressed("e"), Typed("")) == replace(DRAWN, draft="画一只松鼠")


def test_a_picture_can_be_saved_and_opened_and_a_failure_cannot() -> None:
    assert (keys(DRAWN), keys(FAILED)) == ("enter a c e s o h q", "enter a e h q")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (ENTER, replace(DRAWN, stage=Stage.ASKING)),
        ("a", replace(DRAWN, stage=Stage.RUNNING)),
        ("e", replace(DRAWN, stage=Stage.ASKING, draft="画一只松鼠")),
        ("c", replace(DRAWN, stage=Stage.CHANGING)),
        ("s", replace(DRAWN, stage=Stage.NAMING)),
        ("o", replace(DRAWN, stage=Stage.OPENING)),
        ("h", replace(DRAWN, stage=Stage.PICKING)),
        ("q", replace(DRAWN, stage=Stage.ENDED)),
        ("x", DRAWN),
        ("画", replace(DRAWN, stage=Stage.ASKING, draft="画")),
        ("a pasted prompt", replace(DRAWN, stage=Stage.ASKING, draft="a pasted prompt")),
    ],
)
def test_each_key_of_the_menu_does_one_thing(key: str, expected: Session) -> None:
    assert after(DRAWN, Pressed(key)) == expected


@pytest.mark.parametrize("key", ["s", "o"])
def test_a_key_that_is_not_shown_does_nothing(key: str) -> None:
    assert after(FAILED, Pressed(key)) == FAILED


def test_a_change_goes_on_from_the_picture_and_again_from_the_same() -> None:
    changed = after(DRAWN, Pressed("c"), Typed(" at night "))
    night = Path("/pictures/night.png")
    shown = after(changed, Ran(night))

    assert changed == replace(DRAWN, stage=Stage.RUNNING, prompt="at night", original=PICTURE, picture=None)
    assert after(shown, Pressed("a")) == replace(changed, picture=night)
    assert after(shown, Pressed("c"), Typed("in the rain")).original == night
    assert after(shown, Pressed("e"), Typed("at dusk")).original == PICTURE


@pytest.mark.parametrize("keys", [(Pressed(ENTER), Typed("a cat")), (Pressed("画"), Typed("画")), (Typed("a cat"),)])
def test_a_new_prompt_changes_nothing_that_was_there(keys: tuple[Event, ...]) -> None:
    shown = replace(DRAWN, original=PICTURE)
    if len(keys) == 1:
        shown = replace(shown, stage=Stage.ASKING)

    assert after(shown, *keys).original is None


def test_nothing_to_change_goes_back_to_the_menu_and_a_command_is_never_drawn() -> None:
    assert after(DRAWN, Pressed("c"), Typed(" ")) == DRAWN
    assert after(DRAWN, Pressed("c"), Typed("/help")).stage is Stage.HELPING


def test_a_new_prompt_forgets_the_picture_of_the_one_before() -> None:
    assert after(DRAWN, Pressed(ENTER), Typed("a cat")) == Session(stage=Stage.RUNNING, prompt="a cat")


def test_a_run_leads_to_the_menu_with_its_picture_or_without() -> None:
    running = replace(DRAWN, stage=Stage.RUNNING)

    assert (after(running, Ran(PICTURE)), after(running, Ran(None))) == (DRAWN, FAILED)


def test_a_copy_is_named_and_saved() -> None:
    naming = replace(DRAWN, stage=Stage.NAMING)

    assert after(naming, Typed(" a.png ")) == replace(DRAWN, stage=Stage.SAVING, name="a.png")
    assert after(naming, Typed("a.png"), Done()) == replace(DRAWN, name="a.png")
    assert after(naming, Typed("")) == DRAWN


def test_a_file_is_replaced_by_a_clear_yes_only() -> None:
    asking = after(DRAWN, Pressed("s"), Typed("a.png"), NameTaken())

    assert keys(asking) == "y n"
    assert after(asking, Pressed(ENTER)) == asking
    assert after(asking, Pressed("画")) == asking
    assert after(asking, Pressed("n")) == replace(DRAWN, name="a.png")
    assert after(asking, Pressed("y")) == replace(DRAWN, stage=Stage.SAVING, name="a.png", replaces=True)


def test_a_yes_is_good_for_one_name() -> None:
    again = after(DRAWN, Pressed("s"), Typed("a.png"), NameTaken(), Pressed("y"), Done(), Pressed("s"), Typed("b.png"))

    assert (again.stage, again.name, again.replaces) == (Stage.SAVING, "b.png", False)


def test_the_sandbox_is_taken_only_when_it_is_chosen() -> None:
    offering = Session(stage=Stage.OFFERING)

    assert keys(offering) == "enter q"
    assert after(offering, Pressed("画")) == offering
    assert after(offering, Pressed(ENTER)) == Session(in_sandbox=True)
    assert after(offering, Pressed("q")) == Session(stage=Stage.ENDED)


@pytest.mark.parametrize("stage", RESTING)
@pytest.mark.parametrize(("event", "status"), [(Interrupted(), ExitStatus.INTERRUPTED), (Left(), ExitStatus.OK)])
def test_ctrl_c_and_ctrl_d_leave_where_a_prompt_or_key_is_waited_for(
    stage: Stage, event: Event, status: ExitStatus
) -> None:
    assert after(Session(stage=stage), event) == Session(stage=Stage.ENDED, status=status)


@pytest.mark.parametrize("stage", sorted(BACK, key=lambda stage: stage.name))
@pytest.mark.parametrize("event", [Interrupted(), Escaped(), Done()], ids=repr)
def test_what_was_begun_from_the_menu_falls_back_to_it(stage: Stage, event: Event) -> None:
    assert after(replace(DRAWN, stage=stage), event) == DRAWN


@pytest.mark.parametrize("stage", list(Stage))
def test_sigterm_ends_it_anywhere(stage: Stage) -> None:
    assert after(Session(stage=stage), Terminated()) == Session(stage=Stage.ENDED, status=ExitStatus.TERMINATED)


@pytest.mark.parametrize(
    ("text", "key"), [("Q", "q"), ("ｑ", "q"), ("Ｅ", "e"), ("画", "画"), ("A Cat", "A Cat"), ("", "")]
)
def test_a_key_is_the_same_in_either_case_and_width(text: str, key: str) -> None:
    assert as_key(text) == key


def test_earlier_prompts_are_recalled_once_each_the_last_one_last() -> None:
    assert recalled(["猫", "a dog", "猫 ", "", "松鼠", "a dog"]) == ("松鼠", "a dog", "猫")


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ENDED])
def test_ctrl_d_leaves_from_anywhere(stage: Stage) -> None:
    assert after(replace(DRAWN, stage=stage), Left()).stage is Stage.ENDED


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("画一只松鼠", Prompt("画一只松鼠")),
        ("quit smoking, a poster", Prompt("quit smoking, a poster")),
        ("//etc as a city", Prompt("/etc as a city")),
        ("  ", Prompt("")),
        ("quit", Command("quit")),
        ("Exit", Command("quit")),
        ("退出", Command("quit")),
        ("help", Command("help")),
        ("?", Command("help")),
        ("？", Command("help")),
        ("/", Command("help")),
        ("/?", Command("help")),
        ("/size 1536x1024", Command("size", "1536x1024")),
        ("/QUALITY  high ", Command("quality", "high")),
        ("／format webp", Command("format", "webp")),
        ("/exit", Command("quit")),
        ("/draw a cat", Unknown("draw")),
    ],
)
def test_words_that_are_commands_are_never_drawn(typed: str, meant: object) -> None:
    assert understood(typed) == meant


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "1536x1024", ("1536x1024", None)),
        ("size", "-", (None, None)),
        ("model", "default", (None, None)),
        ("stream", "on", (True, None)),
        ("stream", "OFF", (False, None)),
        ("stream", "maybe", (None, "expected on or off")),
    ],
)
def test_a_value_is_read_as_its_setting_needs_it(name: str, text: str, value: tuple[object, str | None]) -> None:
    assert setting_value(name, text) == value


ASKED = Session(prompt="画一只松鼠", picture=PICTURE)


@pytest.mark.parametrize(
    ("line", "stage"),
    [
        ("/help", Stage.HELPING),
        ("/history", Stage.PICKING),
        ("/again", Stage.RUNNING),
        ("/open", Stage.OPENING),
        ("/copy", Stage.COPYING),
        ("/copy path", Stage.COPYING),
        ("/size 64x64", Stage.SETTING),
        ("/stream", Stage.SETTING),
        ("/quit", Stage.ENDED),
        ("/nothing", Stage.TELLING),
    ],
)
def test_each_command_leads_to_what_it_says_and_back_to_the_prompt(line: str, stage: Stage) -> None:
    begun = after(ASKED, Typed(line))

    assert begun.stage is stage
    assert stage in {Stage.ENDED, Stage.RUNNING} or after(begun, Done()) == ASKED


def test_every_command_leads_somewhere() -> None:
    assert all(after(ASKED, Typed(f"/{command.name}")).stage is not Stage.ASKING for command in COMMANDS)


@pytest.mark.parametrize("line", ["/again", "/open", "/copy"])
def test_what_needs_a_picture_says_so_where_there_is_none(line: str) -> None:
    assert after(Session(), Typed(line)).stage is Stage.TELLING


def test_a_setting_that_was_changed_holds_until_it_is_as_configured_again() -> None:
    changed = after(ASKED, Typed("/size 64x64"), Changed("size", "64x64"))

    assert changed == replace(ASKED, chosen={"size": "64x64"})
    assert after(changed, Typed("/size -"), Changed("size", None)) == ASKED


@pytest.mark.parametrize(
    ("key", "stage", "draft"),
    [(ENTER, Stage.SHOWING, ""), ("e", Stage.ASKING, "a cat"), ("r", Stage.RERUNNING, "")],
)
def test_a_run_that_was_picked_is_gone_on_from(key: str, stage: Stage, draft: str) -> None:
    picked = after(ASKED, Typed("/history"), Picked(run="1sbp", prompt="a cat", picture=None, key=key))

    assert (picked.stage, picked.draft, picked.prompt, picked.picture, picked.run) == (
        stage,
        draft,
        "a cat",
        None,
        "1sbp",
    )
    assert after(replace(picked, stage=Stage.SHOWING), Done()).stage is Stage.CHOOSING


@pytest.mark.parametrize("stage", [Stage.OFFERING, Stage.CHOOSING])
def test_escape_leaves_no_session(stage: Stage) -> None:
    assert after(replace(DRAWN, stage=stage), Escaped()) == replace(DRAWN, stage=stage)


def test_escape_and_ctrl_c_at_an_empty_line_go_to_the_menu_behind_it() -> None:
    typing = replace(DRAWN, stage=Stage.ASKING, draft="x")

    assert after(typing, Escaped()) == after(typing, Interrupted()) == DRAWN
    assert after(Session(), Escaped()) == Session()


def test_what_is_drawn_is_the_picture_of_the_last_run() -> None:
    assert DRAWN.drawn == PICTURE
