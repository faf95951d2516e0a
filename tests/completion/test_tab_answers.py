import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpa_image_cli.adapters.files.model_cache import remember
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.completion.tab_answers import BASE_URL_VARIABLES, MOST, answer
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import SOURCES
from cpa_image_cli.process.surroundings import Directories, Surroundings

NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    directories = Directories(
        config=tmp_path / "config", data=tmp_path / "data", cache=tmp_path / "cache", pictures=tmp_path / "pictures"
    )
    for folder in (directories.config, directories.data, directories.cache):
        folder.mkdir()
    return Surroundings(
        environ={},
        stdin=io.StringIO(),
        stdout=io.TextIOWrapper(io.BytesIO(), encoding="ascii"),
        stderr=io.StringIO(),
        home=tmp_path,
        working_directory=tmp_path,
        directories=lambda: directories,
    )


def answered(around: Surroundings, *arguments: str) -> list[str]:
    """Ask; return the lines that were printed."""
    assert answer(arguments, around) == 0
    printed = around.stdout.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    return printed.splitlines()


def recorded(around: Surroundings, *prompts: str) -> list[str]:
    """Record a run for each of *prompts*, a day apart; return their ids."""
    history = History(around.directories().history_file)
    return [
        history.begin(
            NewRun(prompt=prompt, model="m", gateway="", parameters={}, started_at=NOON + timedelta(days=day))
        )
        for day, prompt in enumerate(prompts)
    ]


def test_runs_come_newest_first_with_their_prompts(around: Surroundings) -> None:
    first, second = recorded(around, "画一只可爱的松鼠", "a lighthouse")

    assert answered(around, "history-ids") == [
        "last\ta lighthouse",
        f"{second}\ta lighthouse",
        f"{first}\t画一只可爱的松鼠",
    ]


def test_only_runs_that_begin_so_are_answered(around: Surroundings) -> None:
    first, _ = recorded(around, "one", "two")

    assert answered(around, "history-ids", first) == [f"{first}\tone"]


def test_a_prefix_is_no_pattern(around: Surroundings) -> None:
    recorded(around, "one")

    assert answered(around, "history-ids", "%") == []


def test_older_runs_are_left_out_of_a_long_history(around: Surroundings) -> None:
    ids = recorded(around, *(f"prompt {number}" for number in range(MOST + 1)))

    lines = answered(around, "history-ids")

    assert [line.partition("\t")[0] for line in lines] == ["last", *ids[:0:-1]]


def test_a_prompt_cannot_break_its_line_or_the_terminal(around: Surroundings) -> None:
    (identity,) = recorded(around, "a\tb\nc\x1b[31mred\x07" + "x" * 100)

    (line,) = answered(around, "history-ids", identity)

    value, about = line.split("\t")
    assert value == identity
    assert about.startswith("a b cred\N{REPLACEMENT CHARACTER}xxx")
    assert len(about) == 60


@pytest.mark.parametrize("question", ["history-ids", "models", "profiles"])
def test_where_nothing_was_ever_written_there_are_no_values(around: Surroundings, question: str) -> None:
    assert answered(around, question) == []
    assert sorted(path.name for path in around.directories().data.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no such thing \xff\xfe [", b"[1, 2]", b'{"profiles": 3}', b"profiles = 3"])
def test_damaged_files_have_no_values(around: Surroundings, content: bytes) -> None:
    directories = around.directories()
    for path in (directories.history_file, directories.model_cache, directories.config_file):
        path.write_bytes(content)

    assert [answered(around, question) for question in ("history-ids", "models", "profiles")] == [[], [], []]


def test_profiles_are_answered_with_their_models(around: Surroundings) -> None:
    around.directories().config_file.write_text(
        'model = "gpt-5.4"\n[profiles.work]\nmodel = "gpt-5.5"\n[profiles."工作 室"]\nretries = 1\n', "utf-8"
    )

    assert answered(around, "profiles") == ["work\tmodel gpt-5.5", "工作 室\t"]


def test_models_are_answered_with_their_gateway(around: Surroundings) -> None:
    cache = around.directories().model_cache
    remember(cache, gateway="https://one.example", models=["gpt-5.4", "qwen/x:free"])
    remember(cache, gateway="https://two.example", models=["gpt-5.4-mini"])
    remember(cache, gateway="https://one.example", models=["gpt-5.4"])

    assert answered(around, "models", "gpt") == [
        "gpt-5.4\thttps://one.example",
        "gpt-5.4-mini\thttps://two.example",
    ]


def test_only_names_are_remembered_of_what_a_gateway_listed(around: Surroundings) -> None:
    listed = ["gpt-5.4", "gpt-5.4", "", "two\nlines", "\x1b[31mred", "x" * 201, None, 5]

    remember(around.directories().model_cache, gateway="g", models=listed)  # type: ignore[arg-type]

    assert answered(around, "models") == ["gpt-5.4\tg"]


def test_nothing_is_left_beside_the_models(around: Surroundings) -> None:
    remember(around.directories().model_cache, gateway="g", models=["m"])

    assert [path.name for path in around.directories().cache.iterdir()] == ["models.json"]


@pytest.mark.parametrize("arguments", [(), ("weather",), ("",)])
def test_a_question_that_nobody_knows_is_a_usage_error(around: Surroundings, arguments: tuple[str, ...]) -> None:
    assert answer(arguments, around) == 2


def test_only_values_that_begin_so_and_can_be_typed_are_answered(around: Surroundings) -> None:
    models = ["gpt-5.4", "gpt-5.4-mini", "qwen/x:free", "gpt-\x1b[31m"]
    remember(around.directories().model_cache, gateway="g", models=models)

    assert answered(around, "models", "gpt-") == ["gpt-5.4\tg", "gpt-5.4-mini\tg"]


def test_last_is_offered_where_there_is_one(around: Surroundings) -> None:
    recorded(around, "a lighthouse")

    assert answered(around, "history-ids", "la") == ["last\ta lighthouse"]


def configured(around: Surroundings) -> None:
    cache = around.directories().model_cache
    remember(cache, gateway="https://one.example", models=["gpt-5.4", "gpt-image-2"])
    remember(cache, gateway="https://two.example", models=["gpt-5.5"])
    around.directories().config_file.write_text(
        'base_url = "https://one.example"\n[profiles.work]\nbase_url = "https://two.example"\n', "utf-8"
    )


@pytest.mark.parametrize(
    ("line", "environ", "models"),
    [
        ((), {}, ["gpt-5.4"]),
        (("cpa-image", "generate", "--profile", "work"), {}, ["gpt-5.5"]),
        (("cpa-image", "generate", "--profile=work"), {}, ["gpt-5.5"]),
        ((), {"CPA_IMAGE_PROFILE": "work"}, ["gpt-5.5"]),
        ((), {"IMAGE_GEN_BASE_URL": "https://two.example"}, ["gpt-5.5"]),
        (("cpa-image", "generate", "--base-url", "https://one.example"), {"OPENAI_BASE_URL": "x"}, ["gpt-5.4"]),
        (("cpa-image", "generate", "--base-url", "https://three.example"), {}, []),
        ((), {"IMAGE_GEN_BASE_URL": "https://me:secret@three.example"}, ["gpt-5.4", "gpt-5.5"]),
    ],
)
def test_only_text_models_of_the_gateway_in_use_are_offered(
    around: Surroundings, line: tuple[str, ...], environ: dict[str, str], models: list[str]
) -> None:
    configured(around)

    found = answered(replace(around, environ=environ), "models", "", *line)

    assert [each.partition("\t")[0] for each in found] == models


def test_the_variables_are_those_of_the_settings() -> None:
    known = [source.name for source in SOURCES["base_url"] if source.origin is Origin.ENVIRONMENT]

    assert list(BASE_URL_VARIABLES) == known


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("cpa-image config set format", list(KEYS["format"].known)),
        ("cpa-image config set stream", ["true", "false"]),
        ("set --profile work preview", []),
        ("set preview --profile work", ["auto", "always", "never"]),
        ("cpa-image config set default_profile", ["work"]),
        ("cpa-image config set model", ["gpt-5.4"]),
        ("cpa-image config set base_url", []),
        ("cpa-image config set", []),
        ("", []),
    ],
)
def test_values_are_those_that_are_right_for_the_key_before(around: Surroundings, line: str, values: list[str]) -> None:
    configured(around)

    assert [each.partition("\t")[0] for each in answered(around, "values", "", *line.split())] == values


def test_pictures_are_those_at_hand_one_folder_below_and_of_history(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A shell's own folder is where its names begin.
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.JPG", "words.txt", "below/c.webp", "below/deeper/d.png", ".hidden/e.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    [identity] = recorded(around, "a fox")

    assert answered(around, "pictures") == [
        "a.JPG\t",
        "b.png\t",
        "below/c.webp\t",
        "last\ta fox",
        f"{identity}\ta fox",
    ]


def test_pictures_are_looked_for_where_the_word_already_leads(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.webp").write_bytes(b"")

    assert answered(around, "pictures", "below/c") == ["below/c.webp\t"]
