"""``cpa-image batch``: rows of a file, checked before anything is sent, and made once however often it is run."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor

CARDS = """\
# squirrels
"a red squirrel"
{"prompt": "一只猫", "output": "cat.png", "key": "cat"}
{"prompt": "a dog", "key": "dog"}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    with Sandbox(key=KEY, auto_size="64x64") as sandbox:
        yield sandbox


def file(home: Home, text: str, name: str = "cards.jsonl") -> str:
    (home.wanted / name).write_text(text, encoding="utf-8")
    return name


def ran(home: Home, gateway: Sandbox, *words: str, name: str = "cards.jsonl") -> Ended:
    return run_here(home, "batch", name, "-o", "cards/", *words, base_url=gateway.base_url)


def prompts(gateway: Sandbox) -> list[object]:
    return sorted(request.json["input"] for request in gateway.posts if isinstance(request.json, dict))


def names(home: Home) -> list[str]:
    return sorted(path.name.partition("-20")[0] for path in (home.wanted / "cards").iterdir())


# Resuming


def test_a_second_run_sends_nothing_and_a_missing_picture_is_made_again(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)

    first = ran(home, gateway)
    second = ran(home, gateway)
    (home.wanted / "cards" / "cat.png").unlink()
    third = ran(home, gateway, "--json", "--quiet").object

    assert (first.status, len(first.stdout.splitlines()), second.status, second.stdout) == (0, 3, 0, b"")
    assert "3 made already\n" in second.stderr
    assert prompts(gateway) == ["a dog", "a red squirrel", "一只猫", "一只猫"]
    assert [third[name] for name in ("ok", "made", "not_made", "already_made")] == [True, 1, 0, 2]
    assert [(one["row"], one["key"]) for one in third["results"]] == [(2, "cat")]


def test_a_picture_that_was_changed_is_not_the_one_that_was_made(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ran(home, gateway)
    (home.wanted / "cards" / "cat.png").write_bytes(b"scribbled over")

    refused = ran(home, gateway)
    forced = ran(home, gateway, "--force")

    assert (refused.status, forced.status) == (2, 0)
    assert f"line 3: {home.wanted / 'cards' / 'cat.png'} exists already" in refused.stderr
    assert (home.wanted / "cards" / "cat.png").read_bytes().startswith(b"\x89PNG")


def test_rows_may_be_moved_about_and_only_a_changed_one_is_made(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ran(home, gateway)
    lines = CARDS.splitlines()
    file(home, "\n".join(['"first"', lines[3].replace("a dog", "a wolf"), lines[1]]))

    again = ran(home, gateway)

    assert again.status == 0
    assert prompts(gateway)[-3:] == ["a wolf", "first", "一只猫"]
    assert "1 made earlier for rows or prompts that are no longer asked for; their pictures stay" in again.stderr


def test_a_row_is_made_again_by_its_key_or_number_if_that_is_said(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ran(home, gateway)

    by_key = ran(home, gateway, "--again", "cat", "--force")
    by_number = ran(home, gateway, "--again", "1")
    nobody = ran(home, gateway, "--again", "cow")

    assert (by_key.status, by_number.status, nobody.status) == (0, 0, 2)
    assert prompts(gateway) == ["a dog", "a red squirrel", "a red squirrel", "一只猫", "一只猫"]
    assert "--again cow: there is no such row" in nobody.stderr


def test_a_row_that_may_have_been_billed_is_left_unless_that_is_allowed(home: Home, gateway: Sandbox) -> None:
    file(home, '"a red squirrel"\n')
    with Sandbox("no-answer", key=KEY) as broken:
        ran(home, broken)

    left = ran(home, gateway)
    allowed = ran(home, gateway, "--retry-unknown")

    assert (left.status, allowed.status) == (10, 0)
    assert "1 left, since they may have been billed (--retry-unknown makes them)" in left.stderr
    assert prompts(gateway) == ["a red squirrel"]


# Checked before anything is sent


def test_every_bad_row_is_named_with_its_line_and_nothing_is_sent(home: Home, gateway: Sandbox) -> None:
    file(home, '{"promt": "x"}\n{"prompt": "a", "output": "s.png"}\n{"prompt": "b", "output": "s.png"}\n""\n')

    ended = ran(home, gateway)

    assert (ended.status, prompts(gateway)) == (2, [])
    assert ended.stderr.splitlines()[:4] == [
        "line 1: there is no `promt`",
        f"line 3: {home.wanted / 'cards' / 's.png'} is where another picture goes as well",
        "line 4: the prompt is empty",
        "cpa-image: 3 rows make no sense; nothing was sent [usage]",
    ]


def test_a_dry_run_says_what_would_be_made_and_sends_nothing(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ran(home, gateway)
    (home.wanted / "cards" / "cat.png").unlink()

    ended = ran(home, gateway, "--dry-run")

    told = ended.stdout.decode().splitlines()
    assert (ended.status, len(prompts(gateway))) == (0, 3)
    assert told[1] == f"cat  to be made  一只猫  → {home.wanted / 'cards' / 'cat.png'}"
    assert told[3] == "3 pictures; 2 made already; 1 to be made"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("batch",), "no file was named"),
        (("batch", "nothing.jsonl"), "cannot read"),
        (("batch", "cards.jsonl", "-o", "-"), "-o - takes one picture, and a batch makes several"),
        (("batch", "bytes.txt"), "is not valid UTF-8"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Home, words: tuple[str, ...], problem: str) -> None:
    file(home, CARDS)
    (home.wanted / "bytes.txt").write_bytes(b"\xff\xfe")

    ended = run_here(home, *words, "--sandbox")

    assert ended.status == 2
    assert problem in ended.stderr.splitlines()[0]


def test_without_a_key_no_row_is_blamed(home: Home) -> None:
    file(home, CARDS)

    ended = run_here(home, "batch", "cards.jsonl", base_url="http://127.0.0.1:9", IMAGE_GEN_KEY=None)

    assert (ended.status, "line" in ended.stderr) == (3, False)


# What rows may say


def test_a_table_fills_prompt_and_name(home: Home, gateway: Sandbox) -> None:
    name = file(home, "title,style,size\n松鼠,水彩,64x64\n猫/狗,油画,\n", "titles.csv")

    ended = run_here(
        home,
        "batch",
        name,
        "--prompt",
        "海报：{title}，{style} 风格",
        "-o",
        "cards/{row:03}-{title}.png",
        base_url=gateway.base_url,
    )

    assert ended.status == 0
    assert prompts(gateway) == ["海报：松鼠，水彩 风格", "海报：猫/狗，油画 风格"]
    assert names(home) == ["001-松鼠.png", "002-猫-狗.png"]


def test_an_unknown_field_is_refused(home: Home, gateway: Sandbox) -> None:
    name = file(home, "title\n松鼠\n", "titles.csv")

    ended = run_here(home, "batch", name, "--prompt", "{titel}", base_url=gateway.base_url)

    assert (ended.status, ended.stderr.splitlines()[0]) == (2, "line 2: --prompt: there is no {titel}")


def test_a_prompt_may_lie_in_a_file_beside_the_batch(home: Home, gateway: Sandbox) -> None:
    (home.wanted / "rows").mkdir()
    (home.wanted / "rows" / "long.txt").write_text("a long prompt", encoding="utf-8")
    name = file(home, '{"prompt_file": "long.txt"}\n{"prompt_file": "gone.txt"}\n', "rows/cards.jsonl")

    refused = ran(home, gateway, name=name)
    file(home, '{"prompt_file": "long.txt"}\n', "rows/cards.jsonl")
    ran(home, gateway, name=name)

    assert refused.stderr.startswith("line 2: cannot read the prompt file")
    assert prompts(gateway) == ["a long prompt"]


def test_several_pictures_of_each_row_are_numbered(home: Home, gateway: Sandbox) -> None:
    file(home, '{"prompt": "a", "output": "a.png"}\n{"prompt": "b", "output": "b.png"}\n')

    ended = ran(home, gateway, "-n", "2", "-j", "1")
    again = ran(home, gateway, "-n", "2")

    assert (ended.status, again.status, len(gateway.posts)) == (0, 0, 4)
    assert sorted(path.name for path in (home.wanted / "cards").iterdir()) == [
        "a-1.png",
        "a-2.png",
        "b-1.png",
        "b-2.png",
    ]


def test_rows_may_come_from_standard_input(home: Home, gateway: Sandbox) -> None:
    read, write = os.pipe()
    os.write(write, b'"a cat"\n"a dog"\n')
    os.close(write)

    process = Process(home, "batch", "-", "-o", "cards/", base_url=gateway.base_url, stdin=read)

    assert (process.end().status, prompts(gateway)) == (0, ["a cat", "a dog"])


# Failures


def test_one_rows_failure_is_its_own_and_the_others_are_made(home: Home, gateway: Sandbox) -> None:
    home.directories.config.mkdir(parents=True)
    config = f'base_url = "{gateway.base_url}"\n[profiles.closed]\nbase_url = "http://127.0.0.1:9/v1"\n'
    (home.directories.config / "config.toml").write_text(config)
    file(home, '"a"\n{"prompt": "b", "profile": "closed", "retries": 0}\n"c"\n')

    ended = run_here(home, "batch", "cards.jsonl", "-o", "cards/")

    assert (ended.status, len(ended.stdout.splitlines())) == (10, 2)
    assert "2 made; 1 not made\n  row 2 (line 2): could not reach the gateway" in ended.stderr
    assert ended.stderr.endswith("The same command again makes what is missing.\n")


def test_what_all_would_meet_is_met_once(home: Home) -> None:
    file(home, "\n".join(f'"{n}"' for n in range(20)))
    with Sandbox("bad-key", key=KEY) as gateway:
        ended = ran(home, gateway, "-j", "1")
        asked = len(gateway.posts)

    assert (ended.status, asked) == (4, 1)
    assert "no more are begun: the others would meet this too (the gateway refused the API key)" in ended.stderr
    assert "1 not made; 19 not begun" in ended.stderr


# Interrupted, killed, and two at once


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_killed_batch_goes_on_where_it_was_and_asks_for_nothing_twice(home: Home, gateway: Sandbox) -> None:
    file(home, "\n".join(f'"{n}"' for n in range(6)))
    waiting: list[Visitor] = []

    def script(visitor: Visitor) -> None:
        waiting.append(visitor)
        visitor.stay()

    with RawServer(script) as silent:
        process = Process(home, "batch", "cards.jsonl", "-o", "cards/", "-j", "2", base_url=silent.base_url)
        process.wait_for(lambda: len(waiting) == 2)
        process.send(signal.SIGKILL)
        process.end()

    ended = ran(home, gateway)

    assert ended.status == 10
    assert "4 made; 2 left, since they may have been billed" in ended.stderr
    assert len(set(prompts(gateway))) == len(prompts(gateway)) == 4


def test_two_processes_share_the_rows(home: Home, gateway: Sandbox) -> None:
    file(home, "\n".join(f'"{n}"' for n in range(8)))
    both = [
        Process(home, "batch", "cards.jsonl", "-o", "cards/", base_url=gateway.base_url, number=number)
        for number in (1, 2)
    ]
    statuses = [process.end().status for process in both]

    assert statuses == [0, 0]
    assert prompts(gateway) == [str(n) for n in range(8)]


def test_without_history_the_ledger_still_knows_what_was_made(home: Home, gateway: Sandbox) -> None:
    file(home, '{"prompt": "a red squirrel", "output": "s.png"}\n')

    ran(home, gateway, "--no-history")
    again = ran(home, gateway, "--no-history")

    assert (again.status, len(gateway.posts), home.runs()) == (0, 1, [])


def test_events_say_of_which_row_they_are(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)

    *events, last = [json.loads(line) for line in ran(home, gateway, "--jsonl").stdout.splitlines()]

    assert {(event["job"], event["row"]) for event in events} == {(1, 1), (2, 2), (3, 3)}
    assert (last["schema"], last["made"]) == ("cpa-image/results/1", 3)


def test_a_folder_that_vanishes_is_the_trouble_of_the_rows_that_need_it(home: Home, gateway: Sandbox) -> None:
    file(home, '{"prompt": "a", "output": "x/a.png"}\n')
    ran(home, gateway)
    shutil.rmtree(home.wanted / "cards")

    again = ran(home, gateway)

    assert (again.status, (home.wanted / "cards" / "x" / "a.png").exists()) == (0, True)


def test_a_blank_again_means_no_row(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ran(home, gateway)
    posts = len(gateway.posts)

    ended = ran(home, gateway, "--again", "")

    assert (ended.status, len(gateway.posts)) == (2, posts)


def test_one_request_id_is_not_for_several_rows(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    ended = ran(home, gateway, "--request-id", "order-17")

    assert (ended.status, len(gateway.posts)) == (2, 0)
    assert "--request-id is for one picture" in ended.stderr


def test_a_batch_is_not_detached(home: Home, gateway: Sandbox) -> None:
    file(home, CARDS)
    assert (ran(home, gateway, "--detach").status, len(gateway.posts)) == (2, 0)
