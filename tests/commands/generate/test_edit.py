"""Pictures that go along: which, in which words, and what is refused before anything is sent."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.core.pictures.inputs import EDIT_INSTRUCTIONS
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.adapters.pictures.inputs.made import SECRET, phone_jpeg, saved, scene
from tests.commands.generate.bench import SMALL, Bench
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, run_here

CAT, DOG = (saved(scene((40, 30)), "PNG"), saved(scene((20, 20)).rotate(90), "WEBP", lossless=True))


def test_a_picture_is_changed(bench: Bench) -> None:
    bench.put("cat.png", CAT)

    ended = bench.done("edit", "cat.png", "give it a hat", "-o", "hat.png")

    assert (bench.text, len(bench.uploads)) == ("give it a hat", 1)
    assert Image.open(io.BytesIO(bench.uploads[0])).tobytes() == scene((40, 30)).tobytes()
    assert bench.body["instructions"] == EDIT_INSTRUCTIONS
    assert "action" not in json.dumps(bench.body["tools"])
    assert ended.object["output"] == str(bench.home.wanted / "hat.png")


def test_instructions_of_ones_own_win(bench: Bench) -> None:
    bench.put("cat.png", CAT)

    bench.done("edit", "cat.png", "a hat", "--instructions", "draw as you like", "--action", "edit")

    assert bench.body["instructions"] == "draw as you like"
    [tool] = bench.body["tools"]  # type: ignore[misc]
    assert tool["action"] == "edit"


def test_generate_takes_pictures_with_roles(bench: Bench) -> None:
    bench.put("cat.png", CAT)
    bench.put("ref.webp", DOG)

    bench.done("generate", "Image 1 in the style of Image 2", "-i", "cat.png", "--image", "style=ref.webp")

    assert bench.text == "Image 2: style\n\nImage 1 in the style of Image 2"
    assert [part["image_url"][:16] for part in bench.content[1:]] == ["data:image/png;b", "data:image/webp;"]
    assert bench.body["instructions"] == "you are a helpful assistant"


def test_several_pictures_may_be_named_before_the_prompt(bench: Bench) -> None:
    bench.put("me.png", CAT)
    bench.put("hat.webp", DOG)

    bench.done("edit", "me.png", "hat.webp", "put it on")

    assert (bench.text, len(bench.uploads)) == ("put it on", 2)


def test_with_the_prompt_said_otherwise_every_word_is_a_picture(bench: Bench) -> None:
    bench.put("me.png", CAT)
    bench.put("hat.webp", DOG)

    bench.done("edit", "me.png", "hat.webp", "--prompt", "put it on")
    both = (bench.text, len(bench.uploads))
    bench.done("edit", "me.png", stdin=b"from a pipe")

    assert both == ("put it on", 2)
    assert (bench.text, len(bench.uploads)) == ("from a pipe", 1)


def test_a_picture_may_come_from_standard_input(bench: Bench) -> None:
    bench.done("edit", "-", "remove the cables", stdin=CAT)

    assert Image.open(io.BytesIO(bench.uploads[0])).size == (40, 30)


def test_one_goes_on_from_the_last_picture_by_its_file(bench: Bench) -> None:
    first = Path(bench.done("generate", "a fox").object["output"])
    bench.done("generate", "an owl")
    bench.run("generate", "nothing", "--size", "1x1")
    made = {run.prompt: run.id for run in bench.home.runs()}

    bench.done("edit", "last~1", "now at night")
    by_reference = bench.uploads
    bench.done("edit", made["a fox"], "now at night")

    pixels = Image.open(first).convert("RGB").tobytes()
    assert [Image.open(io.BytesIO(data)).convert("RGB").tobytes() for data in (*by_reference, *bench.uploads)] == [
        pixels
    ] * 2


def test_what_was_asked_before_goes_along_if_wanted(bench: Bench) -> None:
    bench.done("generate", "a fox")

    bench.done("edit", "last", "at night", "--with-history")

    assert bench.text == "Earlier: 1) a fox\n\nat night"


def test_metadata_stay_here_and_what_is_seen_goes(bench: Bench) -> None:
    bench.put("photo.jpg", phone_jpeg(orientation=6))

    ended = bench.done("edit", "photo.jpg", "a hat")

    assert SECRET.encode() not in bench.uploads[0]
    assert Image.open(io.BytesIO(bench.uploads[0])).size == (48, 64)
    assert [notice["code"] for notice in ended.object["warnings"]] == ["picture_prepared"]


def test_a_retry_sends_the_same_again(home: Home) -> None:
    with Sandbox("rate-limited-then-ok", key=KEY) as gateway:
        bench = Bench(home, gateway)
        bench.put("cat.png", CAT)

        bench.done("edit", "cat.png", "a hat")

        first, second = (request.body for request in gateway.posts)
    assert first == second


def test_a_file_that_changes_between_two_attempts_ends_the_run_by_name(home: Home) -> None:
    with Sandbox("rate-limited-then-ok", key=KEY) as gateway:
        bench = Bench(home, gateway)
        bench.put("cat.png", CAT)
        clock = Clock(on_wait=lambda _: bench.put("cat.png", CAT + b"more"))
        ended = run_here(home, "edit", "cat.png", "a hat", "--json", *SMALL, base_url=gateway.base_url, clock=clock)

        assert len(gateway.posts) == 1
    assert (ended.status, ended.code) == (2, "bad_picture")
    assert "cat.png has changed since it was looked at; it was not sent" in ended.stderr


def test_the_request_is_shown_without_what_would_fill_the_screen(bench: Bench) -> None:
    bench.put("cat.png", saved(Image.effect_noise((200, 200), 90), "PNG"))

    shown = bench.run("edit", "cat.png", "a hat", "--dry-run").stdout.decode()

    assert len(shown) < 4000
    assert "base64 < " in shown
    assert bench.sandbox.posts == []


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("edit",), "no picture was named"),
        (("edit", "--prompt", "a hat"), "no picture was named"),
        (("edit", "none.png", "a hat"), "there is no file none.png"),
        (("edit", "words.png", "a hat"), "words.png is text; PNG, JPEG, WebP and still GIF can be sent"),
        (("edit", "03kpz9qa", "a hat"), "there is no file 03kpz9qa, and as a run: there is no run '03kpz9qa'"),
        (("edit", "last", "a hat"), "there is no run 'last'"),
        (("edit", "http://127.0.0.1/a.png", "a hat"), "a picture is fetched over https only"),
        (("edit", "cat.png", "a hat", "--keep-outside"), "--keep-outside needs a --mask"),
        (("edit", "cat.png", "a hat", "--no-resize", "--max-edge", "9"), "--no-resize and --max-edge contradict"),
        (("edit", "cat.png", "a hat", "--max-upload", "0"), "--max-upload 0: expected a whole number from 1 on"),
        (("edit", "-", "-", "a hat"), "- was named twice"),
        (("generate", "a hat", "--mask", "cat.png"), "--mask belongs to a picture, and none was named"),
        (("generate", "a hat", *(("-i", "cat.png") * 17)), "17 pictures were named; a request takes 16"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(bench: Bench, argv: tuple[str, ...], told: str) -> None:
    bench.put("cat.png", CAT)
    bench.put("words.png", b"just words")

    assert bench.refused(*argv).startswith(f"cpa-image: {told}")


def test_standard_input_cannot_be_picture_and_prompt(bench: Bench) -> None:
    for argv in (("edit", "-"), ("generate", "-i", "style=-", "--prompt-file", "-")):
        told = bench.refused(*argv, stdin=CAT)

        assert told.startswith("cpa-image: standard input has a picture, so the prompt has to be given otherwise")


def test_a_request_that_is_too_large_is_refused_and_a_large_one_told(bench: Bench) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1700, 1700), 200)] * 3)
    bench.put("noise.png", saved(noise, "PNG", compress_level=0))

    told = bench.refused("edit", "noise.png", "a hat", "--max-upload", "3")
    ended = bench.done("edit", "noise.png", "a hat")

    assert told.startswith("cpa-image: the request would have 11.")
    assert [notice["message"] for notice in ended.object["warnings"]] == ["the request has 11.0 MiB"]
    assert "sending" not in ended.stderr


def test_where_a_picture_came_from_is_recorded_and_shown_as_a_chain(bench: Bench) -> None:
    bench.put("ref.webp", DOG)
    fox = bench.done("generate", "a fox").object
    night = bench.done("edit", "last", "at night").object
    bench.done("edit", "last", "in the rain", "-i", "style=ref.webp")

    [latest, *_] = bench.home.runs()
    shown = bench.run("history", "show", "last").stdout.decode()

    assert [(parent.get("run"), parent.get("role")) for parent in latest.parents] == [
        (night["id"], None),
        (None, "style"),
    ]
    assert latest.parents[0]["sha256"] == night["sha256"]
    assert (
        f"from\t{night['id']}\nfrom\tref.webp (style)\nafter\t{night['id']} at night\nafter\t{fox['id']} a fox" in shown
    )


def test_a_rerun_sends_the_same_pictures_with_the_same_words(bench: Bench) -> None:
    bench.put("cat.png", CAT)
    bench.put("ref.webp", DOG)
    bench.done("edit", "cat.png", "a hat", "-i", "style=ref.webp", "--max-edge", "20", "-o", "first.png")
    first = bench.body

    bench.done("history", "rerun", "last", "-o", "second.png")

    assert bench.body == first


def test_a_rerun_of_another_picture_has_to_name_it(bench: Bench) -> None:
    bench.put("cat.png", CAT)
    bench.done("edit", "cat.png", "a hat", "-o", "first.png")
    bench.put("cat.png", saved(scene((10, 10)), "PNG"))
    bench.put("dog.webp", DOG)

    told = bench.run("history", "rerun", "last").stderr
    bench.done("history", "rerun", "last", "-i", "dog.webp", "-o", "second.png")

    assert "cat.png is not the picture that was sent then" in told
    assert bench.content[1]["image_url"].startswith("data:image/webp")


def test_a_rerun_of_standard_input_has_to_name_it(bench: Bench) -> None:
    bench.done("edit", "-", "a hat", "-o", "first.png", stdin=CAT)

    told = bench.run("history", "rerun", "last").stderr

    assert "is not known by any name" in told


@pytest.mark.parametrize(
    ("scenario", "status", "hint"),
    [
        ("too-large", 8, "Send fewer pictures"),
        ("upload-too-large-code", 8, "Send fewer pictures"),
        ("context-too-large-code", 8, "Send fewer pictures"),
        ("upload-cut-off", 8, "Send fewer pictures"),
        ("not-found-empty", 3, "Try fewer pictures"),
    ],
)
def test_a_large_request_that_is_refused_is_told_by_its_size(home: Home, scenario: str, status: int, hint: str) -> None:
    with Sandbox(scenario, key=KEY) as gateway:
        bench = Bench(home, gateway)
        noise = Image.merge("RGB", [Image.effect_noise((400, 400), 200)] * 3)
        bench.put("noise.png", saved(noise, "PNG", compress_level=0))

        ended = bench.run("edit", "noise.png", "a hat", *SMALL, "--json", "--retries", "0")

    error = ended.object["error"]
    assert ended.status == status
    assert error["message"].startswith("the request was 0.6 MB; ")
    assert error["hint"].startswith(hint)


def test_a_picture_that_was_not_edited_is_told(home: Home) -> None:
    with Sandbox("not-edited", key=KEY) as gateway:
        bench = Bench(home, gateway)
        bench.put("cat.png", CAT)

        ended = bench.done("edit", "cat.png", "a hat")

    assert [notice["code"] for notice in ended.object["warnings"]] == ["not_edited"]


def test_what_was_sent_and_is_not_allowed_is_told_as_that(home: Home) -> None:
    with Sandbox("input-moderated", key=KEY) as gateway:
        bench = Bench(home, gateway)
        bench.put("cat.png", CAT)

        ended = bench.run("edit", "cat.png", "a hat", "--json", *SMALL)

    assert (ended.status, ended.code, len(gateway.posts)) == (5, "moderation_blocked", 1)
    assert "stage: input" in ended.object["error"]["message"]


def test_fidelity_is_sent_as_it_is_given_and_warned_of_where_it_is_known_not_to_be_taken(bench: Bench) -> None:
    bench.put("cat.png", CAT)

    ended = bench.done("edit", "cat.png", "a hat", "--input-fidelity", "high", "--image-model", "gpt-image-2")

    [tool] = bench.body["tools"]  # type: ignore[misc]
    assert tool["input_fidelity"] == "high"
    assert [notice["code"] for notice in ended.object["warnings"]] == ["input_fidelity"]
