"""``cpa-image help`` as it is called, and what is said of words that are no command."""

import json
from pathlib import Path

import pytest

from cpa_image_cli.commands.help.topics import TOPICS
from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.ui.help.page import MORE
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def told(home: Home, *words: str, **environ: str) -> str:
    ended = run_here(home, *words, **environ)
    assert (ended.status, ended.stderr) == (0, "")
    return ended.stdout.decode()


@pytest.mark.parametrize("path", [(), ("generate",), ("history",), ("history", "rerun"), ("config", "set")], ids=str)
def test_help_on_a_command_is_its_own_help(home: Home, path: tuple[str, ...]) -> None:
    assert told(home, "help", *path) == told(home, *path, "--help") == told(home, *path, "-h")


def test_help_is_as_wide_as_columns_says(home: Home) -> None:
    assert max(map(len, told(home, "help", "generate", COLUMNS="50").splitlines())) <= 50


def test_help_as_json_says_what_a_program_needs(home: Home) -> None:
    found = json.loads(told(home, "help", "--json", "history", "forget"))

    assert (found["schema"], found["command"]) == ("cpa-image/help/1", "history forget")
    assert found["arguments"][0] | {"help": ""} == {
        "names": ["ID"],
        "help": "",
        "required": True,
        "repeatable": True,
    }
    assert ["--json"] in [option["names"] for option in found["options"]]
    assert {"exit_status": 2, "meaning": "the command line does not make sense; nothing was sent"} in found[
        "exit_statuses"
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_a_table_in_text_and_in_json(home: Home, topic: str) -> None:
    text, found = told(home, "help", topic), json.loads(told(home, "help", topic, "--json"))

    table = found[topic.replace("-", "_")]
    assert found["topic"] == topic
    assert len(table) == sum(line[:2] == "  " and line[2] != " " for line in text.splitlines())
    assert f"`{topic}`" in MORE


def test_every_code_word_and_every_status_is_explained(home: Home) -> None:
    errors = json.loads(told(home, "help", "errors", "--json"))["errors"]
    statuses = json.loads(told(home, "help", "exit-codes", "--json"))["exit_codes"]

    assert {error["code"] for error in errors} == {code.word for code in Code}
    assert {status["exit_status"] for status in statuses} == {int(status) for status in ExitStatus}
    assert {word for status in statuses for word in status["codes"]} == {code.word for code in Code}


@pytest.mark.parametrize(
    ("words", "sentence", "advice"),
    [
        (("a cat",), "there is no command 'a cat'", 'To draw it: cpa-image generate "a cat"'),
        (("一只猫",), "there is no command '一只猫'", 'To draw it: cpa-image generate "一只猫"'),
        (("a", "cat"), "there is no command 'a'", 'To draw it: cpa-image generate "a cat"'),
        (("pay $5",), "there is no command 'pay $5'", "To draw it: cpa-image generate 'pay $5'"),
        (("histroy",), "there is no command 'histroy'", "Perhaps you meant `cpa-image history`."),
        (("history", "shwo"), "there is no command 'shwo'", "Perhaps you meant `cpa-image history show`."),
        (
            ("generate", "two", "words"),
            "the prompt is more than one word: words was not expected",
            'Put the prompt in quotes: cpa-image generate "two words"',
        ),
        (
            ("generate", "--sandbox", "a", "red", "cat"),
            "the prompt is more than one word: red cat was not expected",
            'Put the prompt in quotes: cpa-image generate "a red cat"',
        ),
        (
            ("config", "path", "x"),
            "`cpa-image config path` takes no arguments: x is too much",
            "`cpa-image config path --help` lists what there is.",
        ),
        (
            ("config", "get", "model", "x"),
            "`cpa-image config get` takes 1 argument: x is too much",
            "`cpa-image config get --help` lists what there is.",
        ),
        (("help", "genrate"), "there is no help on 'genrate'", "Perhaps you meant `generate`."),
        (("help", "generate", "x"), "there is no help on 'generate x'", "There is help on cpa-image generate."),
    ],
    ids=str,
)
def test_words_that_make_no_sense_are_answered_with_what_was_meant(
    home: Home, words: tuple[str, ...], sentence: str, advice: str
) -> None:
    ended = run_here(home, *words)

    first, second, *_ = ended.stderr.splitlines()
    assert (ended.status, ended.stdout) == (2, b"")
    assert first == f"cpa-image: {sentence} [usage]"
    assert second.startswith(f"  next: {advice}")


@pytest.mark.parametrize("group", ["config", "history"])
def test_a_group_alone_is_no_error(home: Home, group: str) -> None:
    alone: Ended = run_here(home, group)

    assert (alone.status, alone.stdout.decode()) == (0, told(home, "help", group))


def test_the_man_page_is_printed_whole(home: Home) -> None:
    assert told(home, "help", "--man").startswith('.\\" Written by `cpa-image help --man`')
