"""Prompts as file names, end to end: nothing leaves its folder, and nothing is called what a system trips over."""

import re
import unicodedata

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here

PROMPTS = {
    "a path upwards": "../../../etc/passwd",
    "a path from the root": "/etc/passwd",
    "a path of Windows": r"C:\Windows\System32\..\a",
    "one dot": ".",
    "two dots": "..",
    "many dots": "......",
    "a hidden file": ".bashrc",
    "an option": "-rf --no-preserve-root",
    "a device of Windows": "CON",
    "a device with an extension": "con.png",
    "a device with a number": "COM1",
    "a device that is no word": "conin$",
    "a NUL": "a squirrel\0.sh",
    "only a NUL": "\0",
    "line breaks": "a\nsquirrel\r\nin\tautumn\u2028!",
    "escape sequences": "\x1b[31mred\x1b]0;title\x07",
    "turned-around text": "photo\u202egnp.exe",
    "what a shell obeys": "$(touch owned) `id` ; rm -rf ~ * ? \" ' | > <",
    "what Windows refuses": 'a<b>c:d"e|f?g*h',
    "a dot at the end": "a squirrel.",
    "spaces around": "   a squirrel   ",
    "one emoji": "🐿️",
    "only emoji": "🐿️🌰🍂👨‍👩‍👧‍👦🏳️‍🌈",
    "only flags": "🇨🇳🇩🇪🇧🇷",
    "only marks": "\u0301\u0302\u0303",
    "piled-up marks": "s" + "\u0301\u0316" * 500,
    "only punctuation": "!!! ??? ...",
    "invisible characters": "\u200b\u200d\u2060\ufeff\u3164",
    "5,000 letters": "squirrel " * 556,
    "5,000 letters in one word": "x" * 5000,
    "5,000 Chinese characters": "松鼠" * 2500,
    "5,000 emoji": "🐿" * 5000,
    "5,000 families": "👨‍👩‍👧‍👦" * 715,
    "the end of the limit": "x" * 32_000,
    "two ways to write one name": unicodedata.normalize("NFD", "écureuil på gren"),
    "Arabic": "سنجاب على شجرة",
    "a private character": "\ue000\uf8ff",
    "half a character, replaced": "\ufffd\ufffd",
}
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b\u200c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def generate(home: Home, prompt: str, *flags: str) -> Ended:
    # As a file, since no argument can hold a NUL.
    (home.root / "prompt").write_bytes(prompt.encode())
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        argv = ("generate", "--prompt-file", str(home.root / "prompt"), *flags)
        return run_here(home, *argv, base_url=gateway.base_url)


def check_name(name: str) -> None:
    stem, _, extension = name.rpartition(".")

    assert stem
    assert extension == "png"
    assert len(name.encode()) <= 143
    assert name[0] not in "-. "
    assert stem[-1] not in ". "
    assert REFUSED.search(name) is None
    assert RESERVED.fullmatch(name) is None
    assert unicodedata.normalize("NFC", name) == name
    assert unicodedata.category(name[0])[0] != "M"


@pytest.mark.parametrize("kind", PROMPTS)
def test_a_prompt_becomes_a_name_in_the_folder_that_was_asked(kind: str, home: Home) -> None:
    ended = generate(home, PROMPTS[kind], "-o", f"{home.wanted}/")
    [name] = home.pictures()
    strays = [path for path in home.files() if path.suffix == ".png" and path.parent != home.wanted]

    assert (ended.status, ended.stdout.decode()) == (0, f"{home.wanted / name}\n")
    assert strays == []
    check_name(name)
    assert [run.output for run in home.runs()] == [home.wanted / name]


@pytest.mark.parametrize("kind", PROMPTS)
def test_without_a_place_it_goes_to_the_folder_of_pictures(kind: str, home: Home) -> None:
    generate(home, PROMPTS[kind])
    ended = generate(home, PROMPTS[kind])
    names = sorted(path.name for path in home.directories.pictures.iterdir())

    assert (ended.status, len(names), home.pictures()) == (0, 2, [])
    for name in names:
        check_name(name)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t\n", "\ufeff"])
def test_a_prompt_of_nothing_is_refused_before_anything_is_sent(prompt: str, home: Home) -> None:
    ended = generate(home, prompt, "-o", f"{home.wanted}/")

    assert (ended.status, home.pictures(), home.runs()) == (2, [], [])


@pytest.mark.parametrize("output", ["a\0b.png", "x" * 300 + ".png", "松鼠" * 100 + ".png"])
def test_a_place_that_cannot_be_is_told_before_anything_is_sent(output: str, home: Home) -> None:
    ended = generate(home, "a squirrel", "-o", output)

    assert (ended.status, home.pictures(), home.kept()) == (9, [], [])
    assert ended.stderr.startswith("cpa-image: ")
