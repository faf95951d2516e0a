"""What the tools take, promise and answer."""

import io
import json
import random
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from PIL import Image

from cpa_image_cli.core.errors import Code, ConfigError, Failure, GatewayError
from cpa_image_cli.mcp import words
from cpa_image_cli.mcp.inputs import Snapshots
from cpa_image_cli.mcp.preview import LARGEST, LONGEST_EDGE
from cpa_image_cli.mcp.tools import TOOLS
from cpa_image_cli.mcp.waiting import WAIT, patience_of
from tests.mcp.talking import Clock, Drawn, call, called, request, said_to

LISTED: dict[str, Any] = {tool.name: tool.listed() for tool in TOOLS}

FORBIDDEN = ("url", "key", "header", "profile", "command", "model", "originator", "session")
"""Words of what must never be an argument: with them, somebody's text would decide where the key goes."""


def test_the_tools_are_these(studio: Drawn) -> None:
    [answer] = said_to(studio, request("tools/list"))

    assert [tool["name"] for tool in answer["result"]["tools"]] == [
        "generate_image",
        "edit_image",
        "picture_result",
        "preview_picture",
        "list_pictures",
        "describe_settings",
    ]


@pytest.mark.parametrize("name", LISTED)
def test_no_argument_says_where_anything_is_sent(name: str) -> None:
    arguments = LISTED[name]["inputSchema"]["properties"]

    assert [each for each in arguments if any(word in each for word in FORBIDDEN)] == []


@pytest.mark.parametrize("name", LISTED)
def test_schemas_are_read_by_old_and_new_readers_alike(name: str) -> None:
    for key in ("inputSchema", "outputSchema"):
        if key in LISTED[name]:
            schema = LISTED[name][key]
            Draft202012Validator.check_schema(schema)
            Draft7Validator.check_schema(schema)
            assert schema["type"] == "object"
            assert not {"$id", "$schema"} & schema.keys()


def test_annotations_are_true() -> None:
    makes = {"generate_image", "edit_image"}

    for name, tool in LISTED.items():
        annotations = tool["annotations"]
        assert annotations["readOnlyHint"] is (name not in makes)
        assert annotations["openWorldHint"] is (name in makes)
        assert annotations["destructiveHint"] is False


def test_only_the_preview_promises_no_object() -> None:
    assert [name for name, tool in LISTED.items() if "outputSchema" not in tool] == ["preview_picture"]


def test_the_rules_of_use_are_where_every_host_shows_them() -> None:
    assert "picture_result" in words.INSTRUCTIONS[:500]
    assert "costs money" in words.INSTRUCTIONS[:500]
    assert len(words.INSTRUCTIONS.encode()) < 4096


@pytest.mark.parametrize("word", ["draw", "make", "picture", "image", "logo", "photo", "create"])
def test_a_search_for_a_word_people_say_finds_the_tool(word: str) -> None:
    assert word in f"{words.GENERATE} generate_image".lower()


def test_a_finished_picture_is_told_as_an_object_and_as_the_same_text_path_first(studio: Drawn) -> None:
    result = called(studio, "generate_image", prompt="松鼠")

    assert next(iter(result["structuredContent"])) == "output"
    assert result["structuredContent"]["output"] == "/pictures/squirrel.png"
    assert [item["type"] for item in result["content"]] == ["text"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    assert result["isError"] is False


@pytest.mark.parametrize(
    ("name", "looks", "given"),
    [
        ("generate_image", 0, {"prompt": "x"}),
        ("generate_image", 100, {"prompt": "x"}),
        ("generate_image", 0, {}),
        ("list_pictures", 0, {}),
        ("describe_settings", 0, {}),
    ],
)
def test_what_is_answered_keeps_what_was_promised(
    studio: Drawn, name: str, looks: int, given: dict[str, object]
) -> None:
    studio.looks = looks

    result = called(studio, name, **given)

    Draft202012Validator(LISTED[name]["outputSchema"]).validate(result["structuredContent"])


def test_an_order_is_bound_to_the_folder(studio: Drawn) -> None:
    called(studio, "generate_image", prompt=" 松鼠 ", name="logos/x.webp", size="1024x1536", output_compression=80)

    [order] = studio.orders
    assert (order.prompt, order.destination, order.below) == ("松鼠", f"{studio.folder}/logos/x.webp", studio.folder)
    assert order.overrides == {"size": "1024x1536", "output_compression": "80"}


def test_without_a_name_it_gets_one_of_ours_in_the_pictures_folder(studio: Drawn) -> None:
    called(studio, "generate_image", prompt="x", request_id="r1")

    assert (studio.orders[0].destination, studio.orders[0].request_id) == (f"{studio.folder}/", "r1")


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "x\x00", "x" * 4096, "/dev/null", "~/.bashrc", "-", "", "\\\\host\\x"]
)
def test_a_name_that_leads_elsewhere_orders_nothing(studio: Drawn, name: str) -> None:
    result = called(studio, "generate_image", prompt="x", name=name)

    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "usage"
    assert studio.orders == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "`prompt` is missing"),
        ({"prompt": None}, "`prompt` is missing"),
        ({"prompt": ""}, "the prompt is empty"),
        ({"prompt": 7}, "`prompt` is wrong: expected a text"),
        ({"prompt": "x" * 40_000}, "the limit is 32,000"),
        ({"prompt": "x", "base_url": "https://evil.example"}, "no argument `base_url`"),
        ({"prompt": "x", "sise": "1x1"}, "no argument `sise`"),
        ({"prompt": "x", "format": "bmp"}, "expected one of png, jpeg, webp, gif"),
        ({"prompt": "x", "wait_seconds": 601}, "expected from 0 to 600"),
        ({"prompt": "x", "wait_seconds": True}, "expected a number"),
        ({"prompt": "x", "output_compression": 1.5}, "expected a whole number"),
        ({"prompt": "x", "request_id": "r" * 201}, "request_id is too long"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_call_is_told_so_that_a_model_can_mend_it(studio: Drawn, given: dict[str, object], told: str) -> None:
    result = called(studio, "generate_image", **given)

    assert result["isError"] is True
    assert told in result["structuredContent"]["error"]["message"]
    assert studio.orders == []


def test_an_argument_that_is_nearly_right_is_named(studio: Drawn) -> None:
    result = called(studio, "generate_image", prompt="x", sise="1x1")

    assert result["structuredContent"]["error"]["hint"].startswith("Perhaps `size` was meant. ")


@pytest.mark.parametrize("given", [{}, {"images": []}, {"images": "x.png"}, {"images": [1]}], ids=str)
def test_an_edit_needs_pictures(studio: Drawn, given: dict[str, object]) -> None:
    assert called(studio, "edit_image", prompt="x", **given)["isError"] is True


def test_a_failure_says_what_it_cost(studio: Drawn) -> None:
    studio.fails_with = GatewayError(Failure(code=Code.STREAM_BROKEN, message="cut"))

    result = called(studio, "generate_image", prompt="x")

    assert result["isError"] is True
    assert result["structuredContent"]["error"]["may_have_billed"] is True


def test_a_bug_is_told_as_one_and_the_server_goes_on(studio: Drawn) -> None:
    studio.fails_with = ZeroDivisionError("oh")

    answers = said_to(studio, call("generate_image", prompt="x"), call("list_pictures", id=2))

    found = {answer["id"]: answer["result"] for answer in answers}
    assert found[1]["structuredContent"]["error"]["code"] == "internal_error"
    assert found[2]["isError"] is False


def test_what_is_missing_is_told_with_its_remedy(studio: Drawn) -> None:
    studio.fails_with = ConfigError("no API key is configured", code=Code.KEY_MISSING, hint="Set IMAGE_GEN_KEY.")

    error = called(studio, "generate_image", prompt="x")["structuredContent"]["error"]

    assert (error["code"], error["hint"]) == ("key_missing", "Set IMAGE_GEN_KEY.")


def test_a_job_that_takes_longer_than_the_host_waits_is_running_and_no_error(studio: Drawn) -> None:
    studio.looks = 100

    result = called(studio, "generate_image", prompt="x", clock=Clock(step=30))

    assert result["isError"] is False
    told = result["structuredContent"]
    assert (told["status"], told["job"], told["elapsed_s"], told["expected_s"]) == ("running", "1sbp1z0q", 12.3, 40.0)
    assert "picture_result" in told["next"]


def test_a_call_may_say_that_it_does_not_want_to_wait(studio: Drawn) -> None:
    studio.looks = 100

    assert called(studio, "picture_result", job="last", wait_seconds=0)["structuredContent"]["status"] == "running"


@pytest.mark.parametrize(
    ("client", "asked", "seconds"),
    [("", None, WAIT), ("openclaw-bundle-mcp", None, 45.0), ("claude-code", None, 100.0), ("claude-code", 3.0, 3.0)],
)
def test_hosts_that_are_known_to_wait_longer_are_waited_for(client: str, asked: float | None, seconds: float) -> None:
    assert patience_of(client, asked) == seconds


def drawn(path: Path, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Path:
    Image.new(mode, size, "red").save(path)
    return path


def test_a_preview_is_a_small_jpeg_and_nothing_else(studio: Drawn) -> None:
    path = studio.folder / "1sbp1z0q.png"
    Image.frombytes("RGB", (1600, 1200), random.Random(1).randbytes(1600 * 1200 * 3)).save(path)

    result = called(studio, "preview_picture", job="1sbp1z0q")

    assert "structuredContent" not in result
    image, text = result["content"]
    assert (image["type"], image["mimeType"], text["text"]) == ("image", "image/jpeg", str(path))
    data = b64decode(image["data"])
    assert len(data) <= LARGEST
    with Image.open(io.BytesIO(data)) as picture:
        assert max(picture.size) == LONGEST_EDGE


def test_what_is_transparent_is_white_in_a_preview(studio: Drawn) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(studio.folder / "1sbp1z0q.png")

    data = b64decode(called(studio, "preview_picture", job="1sbp1z0q")["content"][0]["data"])

    with Image.open(io.BytesIO(data)) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"root:x:0:0", None])
def test_what_cannot_be_shown_is_told(studio: Drawn, content: bytes | None) -> None:
    if content is not None:
        (studio.folder / "1sbp1z0q.png").write_bytes(content)

    result = called(studio, "preview_picture", job="1sbp1z0q")

    assert result["isError"] is True
    assert "1sbp1z0q.png" in result["content"][0]["text"]


def sent(studio: Drawn, *images: str, **more: object) -> dict[str, Any]:
    return called(studio, "edit_image", prompt="x", images=list(images), **more)


def test_pictures_are_sent_as_they_were_when_they_were_looked_at(studio: Drawn) -> None:
    path = drawn(studio.folder / "cat.png")
    before = path.read_bytes()

    sent(studio, "cat.png", str(path), mask="cat.png")
    path.write_bytes(b"something else")

    [order] = studio.orders
    assert {Path(name).read_bytes() for name in (*order.inputs, order.mask or "")} == {before}
    assert all(Path(name).parent == studio.folder.parent / "inputs" for name in order.inputs)


def test_a_job_stands_for_its_picture(studio: Drawn) -> None:
    before = drawn(studio.folder / "1sbp1z0q.png").read_bytes()

    sent(studio, "1sbp1z0q")

    assert Path(studio.orders[0].inputs[0]).read_bytes() == before


def test_a_secret_is_not_sent(studio: Drawn, tmp_path: Path) -> None:
    secret = drawn(tmp_path / "secret.png")
    (studio.folder / "key.png").write_text("-----BEGIN PRIVATE KEY-----")
    (studio.folder / "link.png").symlink_to(secret)
    (studio.folder / "folder").mkdir()

    for name in (str(secret), "../secret.png", "link.png", "key.png", "folder", ".", "absent.png", "/dev/zero"):
        assert sent(studio, name)["structuredContent"]["error"]["code"] == "usage", name
    assert studio.orders == []


def test_a_job_whose_picture_lies_elsewhere_is_neither_sent_nor_shown(studio: Drawn, tmp_path: Path) -> None:
    elsewhere = drawn(tmp_path / "elsewhere.png")

    class Elsewhere(Drawn):
        def picture(self, job: str) -> Path:
            del job
            return elsewhere

    away = Elsewhere(studio.folder)

    assert sent(away, "last")["isError"] is True
    assert called(away, "preview_picture", job="last")["isError"] is True


def test_a_picture_that_is_too_large_is_not_read(studio: Drawn) -> None:
    with (studio.folder / "huge.png").open("wb") as file:
        file.truncate((50 << 20) + 1)

    assert "too large" in sent(studio, "huge.png")["structuredContent"]["error"]["message"]


def test_a_folder_for_copies_that_cannot_be_made_is_told(studio: Drawn) -> None:
    drawn(studio.folder / "cat.png")
    (studio.folder.parent / "inputs").write_text("in the way")

    assert sent(studio, "cat.png")["structuredContent"]["error"]["code"] == "output_unwritable"


def test_copies_go_after_some_days(studio: Drawn) -> None:
    drawn(studio.folder / "cat.png")
    sent(studio, "cat.png")
    folder = studio.folder.parent / "inputs"
    [copy] = folder.iterdir()

    Snapshots(folder)
    kept = copy.exists()
    Snapshots(folder, now=copy.stat().st_mtime + 10 * 86_400)

    assert (kept, copy.exists()) == (True, False)
