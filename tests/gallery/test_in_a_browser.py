"""The gallery in a real browser: hostile words, keys, what assistive technology is told, and no request leaving it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cpa_image_cli.adapters.pictures.thumbnails import make
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.gallery.card import Card, card_of
from cpa_image_cli.ui.gallery.page import gallery_page
from tests.gallery.browser import Browser

HOSTILE = (
    "</script><script>window.owned=1</script>",
    "<!--<script>",
    "\"'><img src=x onerror=window.owned=1>",
    "\u202egnp.exe {body} {{x}}",
    "javascript:window.owned=1",
    "</noscript><script>window.owned=1</script>",
)
NAMES = ("a#b?c%25.png", 'it\'s "quoted".png', "松鼠 画.png", "javascript:alert(1).png", "<b>.png", "&amp;.png")
START = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)


def run_of(number: int, path: Path | None, prompt: str, *, parents: tuple[Mapping[str, object], ...] = ()) -> Run:
    picture = Picture(format="png", width=64, height=48, bytes=1234, sha256=f"{number:064x}") if path else None
    return Run(
        id=f"id{number}",
        state=RunState.DONE if path else RunState.FAILED,
        job_state=JobState.DONE if path else JobState.FAILED,
        prompt=prompt,
        model="gpt-5.4" if number % 2 else "gpt-5.5",
        gateway="gateway.example",
        parameters={"size": "64x48"},
        started_at=START - timedelta(days=number),
        output=path,
        picture=picture,
        parents=parents,
        error_code=None if path else "moderation_blocked",
    )


def cards_in(folder: Path, runs: list[Run]) -> list[Card]:
    ids = {run.picture.sha256: run.id for run in runs if run.picture}
    cards = []
    for run in runs:
        thumbnail = ""
        if run.output and run.picture:
            thumbnail = f"thumbnails/{run.picture.sha256[:32]}.webp"
            assert make(run.output, folder / thumbnail)
        cards.append(card_of(run, folder=folder, when=run.started_at, thumbnail=thumbnail, ids=ids))
    return cards


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of pictures whose names and prompts mean harm, one without a picture, and one made from another."""
    folder = tmp_path_factory.mktemp("gallery # ? 画")
    runs = []
    for number, (name, prompt) in enumerate(zip(NAMES, HOSTILE, strict=True)):
        path = folder.parent / f"{folder.name} pictures" / name
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (64, 48), (40 * number, 80, 200)).save(path)
        runs.append(run_of(number, path, prompt))
    runs.append(run_of(6, None, "一只被拒绝的松鼠"))
    edited = folder.parent / f"{folder.name} pictures" / "edited.png"
    Image.new("RGB", (64, 48), "white").save(edited)
    runs.append(run_of(7, edited, "at night", parents=({"sha256": f"{2:064x}"},)))
    (folder / "index.html").write_text(gallery_page(cards_in(folder, runs)), encoding="utf-8")
    return folder


@pytest.fixture
def page(folder: Path, tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile") as browser:
        browser.open((folder / "index.html").as_uri())
        browser.becomes("document.querySelectorAll('#grid li').length > 0")
        yield browser


def test_hostile_words_are_shown_and_do_nothing(page: Browser) -> None:
    texts = page.value("[...document.querySelectorAll('#grid .words')].map((one) => one.textContent)")

    assert texts[:3] == list(HOSTILE[:3])
    assert page.value("window.owned") is None
    assert page.value("document.querySelectorAll('#grid script').length") == 0


def test_every_picture_and_small_copy_is_found_whatever_its_name(page: Browser, folder: Path) -> None:
    page.becomes("[...document.querySelectorAll('#grid img')].every((one) => one.complete && one.naturalWidth > 0)")
    for number in range(len(NAMES)):
        page.value(f"location.hash = 'id{number}'")
        page.becomes("document.getElementById('one').complete && document.getElementById('one').naturalWidth === 64")
    assert page.value("document.getElementById('file').href").startswith(folder.parent.as_uri())


def test_nothing_leaves_the_page_and_no_policy_is_broken(page: Browser) -> None:
    page.value("location.hash = 'id7'")
    page.becomes("document.getElementById('box').open")

    asked = {event["request"]["url"].partition(":")[0] for event in page.told("Network.requestWillBeSent")}
    complaints = [event["entry"]["text"] for event in page.told("Log.entryAdded")]

    assert asked <= {"file", "data", "about"}
    assert complaints == []


def test_a_search_finds_words_of_any_language(page: Browser) -> None:
    page.press("/")
    page.becomes("document.activeElement.id === 'search'")
    page.types("被拒绝")
    page.becomes("document.querySelectorAll('#grid li').length === 1")
    assert page.value("document.getElementById('count').textContent") == "1 of 8"
    page.press("Escape")
    page.becomes("document.querySelectorAll('#grid li').length === 8")


def test_filters_narrow_it_down(page: Browser) -> None:
    page.value("(() => { const one = document.getElementById('failed'); one.click(); })()")
    page.becomes("document.querySelectorAll('#grid li').length === 1")
    page.value("document.getElementById('failed').click()")
    page.value(
        "(() => { const one = document.getElementById('model'); one.value = 'gpt-5.5';"
        " one.dispatchEvent(new Event('change')); })()"
    )
    page.becomes("document.querySelectorAll('#grid li').length === 4")


def test_keys_walk_the_grid_open_a_picture_and_come_back_to_it(page: Browser) -> None:
    page.press("ArrowDown")
    page.becomes("document.activeElement.dataset.id === 'id0'")
    page.press("ArrowRight")
    page.becomes("document.activeElement.dataset.id === 'id1'")
    page.press("Enter")
    page.becomes("document.getElementById('box').open")
    assert page.value("document.getElementById('prompt').textContent") == HOSTILE[1]
    assert page.value("document.getElementById('place').textContent") == "2 of 8"
    page.press("ArrowRight")
    page.becomes("document.getElementById('place').textContent === '3 of 8'")
    page.press("Escape")
    page.becomes("!document.getElementById('box').open")
    page.becomes("document.activeElement.dataset.id === 'id2'")
    assert page.value("location.hash") == ""


def test_what_was_edited_shows_both_and_leads_to_the_other(page: Browser) -> None:
    page.value("location.hash = 'id7'")
    page.becomes("document.getElementById('box').open")
    assert page.value("document.getElementById('slider').hidden") is False
    assert page.value("document.getElementById('two').hidden") is False
    page.value("document.querySelector('#chain a').click()")
    page.becomes("document.getElementById('place').textContent === '3 of 8'")
    assert page.value("document.getElementById('chain').textContent").count("→") == 1


def test_assistive_technology_is_told_what_is_there(page: Browser) -> None:
    page.value("location.hash = 'id6'")
    page.becomes("document.getElementById('box').open")

    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    told = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]}

    assert ("button", "Close") in told
    assert any(role == "dialog" and "gpt-5.5" in name for role, name in told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_by_day_and_by_night(scheme: str, page: Browser) -> None:
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    colours = page.value(
        "JSON.stringify(['h1', '#count', '.small'].map((one) => getComputedStyle(document.querySelector(one)).color)"
        ".concat(getComputedStyle(document.body).backgroundColor))"
    )
    *texts, back = (luminance(colour) for colour in json.loads(colours))

    assert (back < 0.1) is (scheme == "dark")
    assert min((max(text, back) + 0.05) / (min(text, back) + 0.05) for text in texts) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of ``rgb(r, g, b)`` (WCAG 2.2)."""
    channels = [float(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_without_a_script_the_newest_are_there_to_read(folder: Path, tmp_path: Path) -> None:
    with Browser(tmp_path / "profile") as browser:
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.call("Page.navigate", url=(folder / "index.html").as_uri())
        document: dict[str, Any] = {}
        while "松鼠" not in str(document):
            document = browser.call("DOMSnapshot.captureSnapshot", computedStyles=[])
        assert any("edited.png" in text for text in document["strings"])


def test_ten_thousand_pictures_are_there_at_once(tmp_path: Path) -> None:
    runs = [run_of(number, None, f"prompt {number} " + "松鼠" * 60) for number in range(10_000)]
    cards = [card_of(run, folder=tmp_path, when=run.started_at, thumbnail="", ids={}) for run in runs]
    (tmp_path / "index.html").write_text(gallery_page(cards), encoding="utf-8")

    with Browser(tmp_path / "profile") as browser:
        browser.open((tmp_path / "index.html").as_uri())

        assert browser.value("document.querySelectorAll('#grid li').length") in {200, 400}
        browser.value("document.getElementById('more').scrollIntoView()")
        browser.becomes("document.querySelectorAll('#grid li').length > 200")
        browser.value("document.getElementById('search').focus()")
        browser.types("prompt 9999")
        browser.becomes("document.querySelectorAll('#grid li').length === 1")
