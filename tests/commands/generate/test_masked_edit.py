"""Masks: sent, measured, blended, and what is told when a gateway does not take them."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.adapters.pictures.inputs.made import saved
from tests.commands.generate.bench import Bench
from tests.faults.home import KEY, Home

SIZE = (160, 120)
HOLE = (60, 40, 100, 80)


def room() -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(SIZE, 50) for _ in range(3)])


def hole(box: tuple[int, int, int, int] = HOLE) -> bytes:
    image = Image.new("L", SIZE, 0)
    ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=255)
    return saved(image, "PNG")


def bench_with(home: Home, gateway: Sandbox) -> Bench:
    bench = Bench(home, gateway)
    bench.put("room.png", saved(room(), "PNG"))
    bench.put("hole.png", hole())
    return bench


EDIT = ("edit", "room.png", "a window with a sea view", "--mask", "hole.png", "-o", "view.png")


def opened(path: str | Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def changed(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(one, other).getbbox()


def test_a_mask_that_is_heeded_is_measured(home: Home, sandbox: Sandbox) -> None:
    bench = bench_with(home, sandbox)

    ended = bench.done(*EDIT, sized=False)

    [tool] = bench.body["tools"]  # type: ignore[misc]
    assert tool["input_image_mask"]["image_url"].startswith("data:image/png;base64,")
    assert ended.object["mask"] == {"opened": pytest.approx(1 / 12, abs=0.001), "changed_outside": 0.0}
    assert [notice["message"] for notice in ended.object["warnings"]] == [
        "the mask opens 8 % of the picture",
        "0 % changed outside your mask",
    ]
    assert "raw" not in ended.object
    assert changed(opened(home.wanted / "view.png"), opened(home.wanted / "room.png")) == HOLE


def test_a_mask_that_is_ignored_is_told_in_one_line(home: Home) -> None:
    with Sandbox("mask-ignored", key=KEY) as gateway:
        ended = bench_with(home, gateway).done(*EDIT, sized=False)

    assert ended.object["mask"]["changed_outside"] > 0.5
    assert "outside your mask: the gateway ignored it" in ended.object["warnings"][-1]["message"]
    assert ended.object["warnings"][-1]["code"] == "mask_ignored"


@pytest.mark.parametrize("scenario", ["mask-ignored", "edit-smaller", "edit-larger"])
def test_the_original_is_put_back_outside_and_what_came_is_kept_beside_it(home: Home, scenario: str) -> None:
    with Sandbox(scenario, key=KEY) as gateway:
        ended = bench_with(home, gateway).done(*EDIT, "--keep-outside", sized=False)

    view = opened(home.wanted / "view.png")
    box = changed(view, opened(home.wanted / "room.png"))
    assert view.size == SIZE
    assert box is not None
    assert box[0] > 20
    assert box[2] < 140
    assert ended.object["raw"] == str(home.wanted / "view-raw.png")
    assert opened(ended.object["raw"]).size != (0, 0)
    assert ended.object["width"] == SIZE[0]
    assert "outside_kept" in [notice["code"] for notice in ended.object["warnings"]]
    assert home.runs()[0].details["raw"] == str(home.wanted / "view-raw.png")


def test_the_kept_picture_is_numbered_if_its_name_is_taken(home: Home, sandbox: Sandbox) -> None:
    bench = bench_with(home, sandbox)
    bench.put("view-raw.png", b"mine")

    ended = bench.done(*EDIT, "--keep-outside", sized=False)

    assert Path(ended.object["raw"]).name == "view-raw-2.png"
    assert (home.wanted / "view-raw.png").read_bytes() == b"mine"


def test_a_blended_picture_for_standard_output_leaves_what_came_in_the_kept_folder(
    home: Home, sandbox: Sandbox
) -> None:
    bench = bench_with(home, sandbox)

    ended = bench.run(*EDIT[:-1], "-", "--keep-outside", "--quiet")

    assert Image.open(io.BytesIO(ended.stdout)).size == SIZE
    assert len(home.kept()) == 1


def test_another_shape_is_kept_as_it_came_and_the_run_ends_well(home: Home) -> None:
    with Sandbox("edit-other-shape", key=KEY) as gateway:
        ended = bench_with(home, gateway).done(*EDIT, "--keep-outside", sized=False)

    assert opened(home.wanted / "view.png").size == (512, 512)
    assert ended.object["mask"]["changed_outside"] is None
    assert ended.object["warnings"][-1]["code"] == "mask_not_blended"
    assert home.pictures() == ["hole.png", "room.png", "view.png"]


def test_a_marked_copy_stands_in_for_the_mask(home: Home) -> None:
    with Sandbox("mask-ignored", key=KEY) as gateway:
        bench = bench_with(home, gateway)
        ended = bench.done(*EDIT, "--mask-as-picture", sized=False)

    assert "input_image_mask" not in str(bench.body["tools"])
    assert bench.text.startswith("Image 2 is Image 1 with the area to change marked in red.")
    marked = Image.open(io.BytesIO(bench.uploads[1])).convert("RGB")
    red = marked.getpixel((80, 60))
    assert isinstance(red, tuple)
    assert red[0] > 180
    assert changed(marked, opened(home.wanted / "room.png")) == HOLE
    assert "raw" in ended.object
    assert len(home.runs()[0].parents) == 1


def test_a_rerun_has_the_same_mask(home: Home, sandbox: Sandbox) -> None:
    bench = bench_with(home, sandbox)
    bench.done(*EDIT, "--keep-outside", sized=False)
    first = bench.body

    ended = bench.done("history", "rerun", "last", "-o", "again.png", sized=False)

    assert bench.body == first
    assert "raw" in ended.object


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize("scenario", ["mask-refused", "mask-refused-detail", "mask-refused-bare"])
def test_a_mask_that_is_refused_is_told_by_its_name_and_with_the_way_out(
    home: Home, scenario: str, stream: str
) -> None:
    with Sandbox(scenario, key=KEY) as gateway:
        ended = bench_with(home, gateway).run(*EDIT, stream, "--json")
        posts = len(gateway.posts)

    assert (ended.status, ended.code) == (8, "bad_request")
    assert "input_image_mask" in ended.object["error"]["message"]
    assert "`--mask-as-picture`" in ended.object["error"]["hint"]
    assert posts == (2 if (scenario, stream) == ("mask-refused-bare", "--stream") else 1)


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (saved(Image.new("L", SIZE, 0), "PNG"), "mask.png opens nothing of the picture"),
        (saved(Image.new("L", (120, 160), 255), "PNG"), "mask.png has 120x160 pixels and the picture 160x120"),
        (b"words", "mask.png is text"),
    ],
)
def test_a_bad_mask_is_refused_before_anything_is_sent(home: Home, sandbox: Sandbox, mask: bytes, told: str) -> None:
    bench = bench_with(home, sandbox)
    bench.put("mask.png", mask)

    assert bench.refused("edit", "room.png", "a window", "--mask", "mask.png").startswith(f"cpa-image: {told}")


def test_what_a_gateway_did_is_told_before_it_is_asked_again_and_can_be_forgotten(home: Home) -> None:
    with Sandbox("mask-refused", key=KEY) as gateway:
        bench = bench_with(home, gateway)
        bench.run(*EDIT)
        again = bench.run(*EDIT, "--jsonl").stdout.decode()
        listed = bench.run("doctor").stdout.decode() + bench.run("doctor").stderr
        forgotten = bench.run("doctor", "--forget").stdout.decode()
        anew = bench.run(*EDIT, "--jsonl").stdout.decode()

    told = "this gateway refused the mask; it may do so again"
    assert told in again
    assert again.index(told) < again.index("attempt_started")
    assert "gpt-5.4: mask refused (2026-" in listed
    assert forgotten == "forgotten: 1 habit of gateways\n"
    assert told not in anew


def test_the_sandbox_of_a_run_is_not_remembered(home: Home, sandbox: Sandbox) -> None:
    bench = bench_with(home, sandbox)

    bench.run(*EDIT, "--scenario", "mask-refused")

    assert not home.directories.gateway_memory.exists()
