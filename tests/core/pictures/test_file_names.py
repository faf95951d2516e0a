import string
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.pictures.file_names import (
    LONGEST_STEM,
    GeneratedName,
    checked_template,
    numbered,
    readable,
    shortened,
    with_extension,
    with_number,
)

AT = datetime(2026, 5, 9, 14, 30, 5)  # noqa: DTZ001 - names carry local time
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
TEMPLATES = st.sampled_from(["{prompt}-{date}-{time}", "{prompt}", "{prompt}{n}", "{n}-{model}_{prompt}", "图{date}"])


def name(prompt: str, template: str = "{prompt}-{date}-{time}", model: str = "gpt-5.4") -> GeneratedName:
    return GeneratedName(prompt=prompt, model=model, at=AT, template=template)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("画一只可爱的松鼠", "画一只可爱的松鼠"),
        ("画一只松鼠，戴红帽子。水彩！", "画一只松鼠-戴红帽子-水彩"),
        ("A cute squirrel", "A-cute-squirrel"),
        ("Don't  panic: 50% off\n(today)", "Don-t-panic-50-off-today"),
        ("кот в шляпе", "кот-в-шляпе"),
        ("かわいい、リス", "かわいい-リス"),
        ("กระรอกน่ารัก", "กระรอกน่ารัก"),
        ("गिलहरी", "गिलहरी"),
        ("سنجاب لطيف", "سنجاب-لطيف"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\con", "C-Windows-con"),
        ("-rf *", "rf"),
        (".hidden", "hidden"),
        ("version 1.5.", "version-1.5"),
        ("a\x00b\x1b[31mc\x7f", "a-b-31mc"),
        ("abc\u202egnp.exe\u2066", "abcgnp-exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud83d surrogate", "lone-surrogate"),
        ("🐿️", "🐿️"),
        ("family 👩‍👩‍👧‍👦 🇨🇳", "family-👩‍👩‍👧‍👦-🇨🇳"),
        ("a\u200db", "ab"),
        ("snake_case", "snake_case"),
        ("\u0301 mark without letter", "mark-without-letter"),
        ("...", ""),
        ("", ""),
        ("\u3164\u2800\u200b", ""),
    ],
)
def test_a_prompt_becomes_a_name_that_is_safe_and_still_readable(prompt: str, expected: str) -> None:
    assert readable(prompt) == expected


def test_a_generated_name_is_prompt_and_moment() -> None:
    assert name("画一只可爱的松鼠").stem(1) == "画一只可爱的松鼠-20260509-143005"


def test_a_taken_name_is_followed_by_numbers() -> None:
    named = name("松鼠")

    assert [named.stem(n) for n in (1, 2, 3)] == [
        "松鼠-20260509-143005",
        "松鼠-20260509-143005-2",
        "松鼠-20260509-143005-3",
    ]


def test_a_template_places_its_fields_and_its_own_number() -> None:
    named = name("松鼠", "{n}_{model}-{prompt}", model="openai/gpt-5.4")

    assert [named.stem(n) for n in (1, 12)] == ["1_gpt-5.4-松鼠", "12_gpt-5.4-松鼠"]


@pytest.mark.parametrize("prompt", ["", "???", "\x00\x01"])
def test_a_prompt_without_anything_to_name_is_called_image(prompt: str) -> None:
    assert name(prompt).stem(1) == "image-20260509-143005"


@pytest.mark.parametrize("prompt", ["con", "NUL", "com1", "LPT¹", "aux.", "com1.5"])
def test_names_that_windows_keeps_for_devices_are_not_used(prompt: str) -> None:
    assert name(prompt, "{prompt}").stem(1) == f"image-{prompt.rstrip('.')}"


def test_a_name_that_only_begins_like_a_device_stays() -> None:
    assert name("console", "{prompt}").stem(1) == "console"


def test_five_thousand_characters_are_cut_to_whole_ones() -> None:
    stem = name("松鼠" * 2500).stem(1)

    assert stem == "松鼠" * 16 + "-20260509-143005"
    assert len(stem.encode()) <= LONGEST_STEM


def test_a_long_prompt_is_cut_between_words() -> None:
    assert shortened("a-cute-squirrel-with-an-umbrella", 26) == "a-cute-squirrel-with-an"


def test_a_word_that_fills_the_name_is_cut_all_the_same() -> None:
    assert shortened("a-" + "b" * 50, 10) == "a-" + "b" * 8


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧‍👦", "🇨🇳", "e\u0323\u0301", "👍🏽", "1️⃣", "กำ่"])
def test_what_is_seen_as_one_character_is_kept_whole_or_not_at_all(cluster: str) -> None:
    whole = readable(cluster)

    cut = [shortened("xx" + whole, limit) for limit in range(2, 2 + len(whole.encode()) + 1)]

    assert set(cut[:-1]) == {"xx"}
    assert cut[-1] == "xx" + whole


def test_piled_up_marks_are_thinned_out() -> None:
    assert readable("a" + "\u0317" * 500) == "a" + "\u0317" * 11


@given(ANY_TEXT, ANY_TEXT, TEMPLATES)
def test_every_name_is_one_that_any_system_takes(prompt: str, model: str, template: str) -> None:
    named = name(prompt, template, model)

    for n in (1, 2, 10_000):
        stem = named.stem(n)
        assert 0 < len(stem.encode("utf-8", "strict")) <= LONGEST_STEM + len("image-")
        assert unicodedata.is_normalized("NFC", stem)
        assert not set(stem) & (set(string.punctuation + string.whitespace) - set("-_."))
        assert stem[0] not in "-." and stem[-1] not in "-." and ".." not in stem  # noqa: PT018 - one property
        allowed = {"\u200d"}
        assert not {c for c in stem if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}} - allowed


@given(ANY_TEXT)
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    assert readable(readable(text)) == readable(text)


@given(ANY_TEXT, TEMPLATES.filter(lambda template: template != "图{date}"))
def test_no_two_choices_are_equal(prompt: str, template: str) -> None:
    named = name(prompt, template)

    assert len({named.stem(n) for n in range(1, 120)}) == 119


@given(ANY_TEXT, st.integers(0, 60))
def test_a_shortened_text_is_a_head_within_its_limit(text: str, limit: int) -> None:
    whole = readable(text)

    cut = shortened(whole, limit)

    assert whole.startswith(cut)
    assert len(cut.encode()) <= limit


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{promt}", "there is no field {promt}"),
        ("{}", "there is no field {}"),
        ("{prompt.x}", "there is no field {prompt.x}"),
        ("{date:%Y}", "a field takes no format"),
        ("{prompt!r}", "a field takes no format"),
        ("{prompt", "expected '}' before end of string"),
        ("fixed", "it needs a field, and each at most once"),
        ("{n}{n}", "it needs a field, and each at most once"),
        ("{date}/{prompt}", "beside fields it may hold letters, digits, `-` and `_`"),
        ("..{prompt}", "beside fields it may hold letters, digits, `-` and `_`"),
        ("{prompt} {n}", "beside fields it may hold letters, digits, `-` and `_`"),
        ("{{{prompt}", "beside fields it may hold letters, digits, `-` and `_`"),
        ("x" * 41 + "{n}", "its own text is longer than 40 bytes"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_the_fields(template: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        checked_template(template)

    assert raised.value.message == f"name_template {template!r}: {problem}"
    assert raised.value.code is Code.CONFIG_INVALID
    assert raised.value.hint == "The fields are {prompt}, {date}, {time}, {model}, {n}."


def test_a_sound_template_is_returned_as_it_is() -> None:
    assert checked_template("图-{date}_{prompt}") == "图-{date}_{prompt}"


@pytest.mark.parametrize(
    ("path", "picture_format", "expected"),
    [
        ("squirrel", "png", "squirrel.png"),
        ("squirrel.png", "png", "squirrel.png"),
        ("squirrel.png", "jpeg", "squirrel.jpg"),
        ("squirrel.jpeg", "jpeg", "squirrel.jpeg"),
        ("SQUIRREL.PNG", "png", "SQUIRREL.PNG"),
        ("squirrel.webp", "png", "squirrel.png"),
        ("squirrel v1.5", "webp", "squirrel v1.5.webp"),
        ("松鼠.gif", "png", "松鼠.png"),
        ("松鼠.png", "bmp", "松鼠.bmp"),
        ("松鼠.bmp", "png", "松鼠.bmp.png"),
    ],
)
def test_the_extension_tells_the_truth(path: str, picture_format: str, expected: str) -> None:
    assert with_extension(Path("d", path), picture_format) == Path("d", expected)


def test_a_number_stands_before_the_extension() -> None:
    assert [numbered(Path("d/松鼠.png"), n) for n in (1, 2)] == [Path("d/松鼠.png"), Path("d/松鼠-2.png")]


@pytest.mark.parametrize(
    ("template", "picture", "choices"),
    [
        ("{prompt}", None, ["cat", "cat-2"]),
        ("{prompt}-{n}", None, ["cat-1", "cat-2"]),
        ("{prompt}", 7, ["cat-7", "cat-7-2"]),
        ("{n}-{prompt}", 7, ["7-cat", "7-cat-2"]),
    ],
)
def test_one_of_several_pictures_bears_its_number_and_a_further_choice_comes_last(
    template: str, picture: int | None, choices: list[str]
) -> None:
    name = GeneratedName(prompt="cat", model="m", at=AT, template=template, picture=picture)

    assert [name.stem(1), name.stem(2)] == choices


@pytest.mark.parametrize(
    ("path", "numbered"), [("a.png", "a-3.png"), ("v1.5", "v1.5-3"), ("b", "b-3"), ("p/c.JPG", "p/c-3.JPG")]
)
def test_the_number_of_a_picture_stands_before_its_extension(path: str, numbered: str) -> None:
    assert with_number(Path(path), 3) == Path(numbered)
