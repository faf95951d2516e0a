from pathlib import Path

import pytest

from cpa_image_cli.adapters.config_file import ConfigFile, read
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.settings.config_keys import BETTER_WAYS, KEYS
from cpa_image_cli.core.settings.resolution import Entry

WHOLE = """\
# 我的设置
base_url = "https://gate.example/v1"
model = "gpt-5.4"
format = "jpg"
output_dir = "~/图片"
name_template = "{prompt}"
api_key_command = "pass show gate"
size = "1024x1536"
quality = "high"
complexity = "low"
background = "auto"
moderation = "low"
output_compression = 80
partial_images = "2"
image_model = "gpt-image-2"
action = "edit"
input_fidelity = "high"
stream = true
retries = 2
timeout = 300
max_wait = 12.5
instructions = "画图"
preview = "never"
if_exists = "number"
ledger = "~/jobs.sqlite3"
requests_per_hour = 20
requests_per_day = 100
provenance = "sidecar"
prices = "openai"
fetch_url = true
default_profile = "work"

[headers]
X-Tenant = "acme"
X-Team = "one"

[profiles.work]
base_url = "http://127.0.0.1:8317"
api_key_env = "WORK_KEY"

[profiles.work.headers]
x-team = "two"

[profiles."家"]
model = "gpt-5.5"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(written(folder, text))
    assert caught.value.code is Code.CONFIG_INVALID
    return caught.value


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    config = read(tmp_path / "config.toml")

    assert config == ConfigFile(path=tmp_path / "config.toml", exists=False)
    assert config.entries(None) == {}


def test_every_key_is_read_at_the_top(tmp_path: Path) -> None:
    config = read(written(tmp_path, WHOLE))

    assert config.default_profile == "work"
    assert list(config.profiles) == ["work", "家"]
    entries = config.entries(None)
    assert set(entries) == set(KEYS) - {"api_key_env"}
    assert entries["retries"] == Entry(value=2)
    assert entries["max_wait"] == Entry(value=12.5)
    assert entries["output_dir"] == Entry(value="~/图片")


def test_a_profile_goes_before_the_top_of_the_file(tmp_path: Path) -> None:
    entries = read(written(tmp_path, WHOLE)).entries("work")

    assert entries["base_url"] == Entry(value="http://127.0.0.1:8317", place="[profiles.work]")
    assert entries["model"] == Entry(value="gpt-5.4")
    assert entries["headers"].value == {"X-Tenant": "acme", "x-team": "two"}


def test_a_profile_with_a_key_of_its_own_never_gets_the_one_of_the_top(tmp_path: Path) -> None:
    entries = read(written(tmp_path, WHOLE)).entries("work")

    assert entries["api_key_env"] == Entry(value="WORK_KEY", place="[profiles.work]")
    assert "api_key_command" not in entries


def test_a_profile_without_a_key_keeps_the_one_of_the_top(tmp_path: Path) -> None:
    assert read(written(tmp_path, WHOLE)).entries("家")["api_key_command"] == Entry(value="pass show gate")


def test_an_unknown_profile_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    config = read(written(tmp_path, WHOLE))

    with pytest.raises(ConfigError) as caught:
        config.entries("wrok")

    assert caught.value.hint == "Did you mean work? Profiles there: work, 家."


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('model = "x"\nbase-url = "https://gate.example"', 2, "base_url"),
        ('\n\nbaseurl = "https://gate.example"', 3, "base_url"),
        ('[profiles.work]\nmodel = "x"\nqualty = "high"', 3, "quality"),
        ('qualty = "high"\n[profiles.work]\nquality = "high"', 1, "quality"),
        ('[profiles."my work"]\nformatt = "png"', 2, "format"),
        ("profiles.work.retrys = 3", 1, "retries"),
        ('[profile.work]\nmodel = "x"', 1, "profiles"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_right_name(
    tmp_path: Path, text: str, line: int, key: str
) -> None:
    error = refusal(tmp_path, text)

    assert error.message.startswith(f"{tmp_path / 'config.toml'}, line {line}: ")
    assert error.message.endswith(": unknown key")
    assert str(error.hint).startswith(f"Did you mean {key}? ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("retries = true", "expected a whole number"),
        ("retries = 1.5", "expected a whole number"),
        ("retries = -1", "expected a whole number from 0 to 100"),
        ('retries = "4"', "expected a whole number"),
        ("timeout = 0", "expected seconds, from 0.1 to 86400"),
        ("timeout = nan", "expected seconds, from 0.1 to 86400"),
        ("max_wait = inf", "expected seconds, from 0 to 86400"),
        ('stream = "yes"', "expected true or false"),
        ("model = 5.4", "expected a string"),
        ('model = "gpt 5.4"', "expected one word, such as gpt-5.4"),
        ('format = "bmp"', "expected one of png, jpeg, webp, gif, avif, svg"),
        ('size = "10x"', "expected WIDTHxHEIGHT, such as 1024x1536, or auto"),
        ("output_compression = 101", "expected a whole number from 0 to 100"),
        ("output_compression = true", "expected a whole number"),
        ('preview = "maybe"', "expected one of auto, always, never"),
        ('if_exists = "ask"', "expected one of error, overwrite, number"),
        ('output_dir = " "', "expected some text"),
        ('api_key_env = "sk-fake-0123456789"', "expected the name of a variable, not its value"),
        ('headers = "X-Tenant: acme"', "expected a table"),
        ('headers = { "X Tenant" = "acme" }', "`X Tenant`: is no header name"),
        ("headers = { X-Tenant = 1 }", "`X-Tenant`: expected a string"),
        ('headers = { X-Tenant = "中" }', "`X-Tenant`: must be printable ASCII, without line breaks"),
        ('headers = { Content-Length = "1" }', "`Content-Length`: is a header this program sets itself"),
        ('default_profile = "work"', "expected the name of a profile of this file"),
        ("default_profile = []", "expected the name of a profile of this file"),
        ("profiles = 1", "expected tables named [profiles.NAME]"),
        ("profiles.work = 1", "expected a table, written [profiles.work]"),
        ('api_key_env = "A"\napi_key_command = "b"', "give either this or `api_key_command`, not both"),
        ('base_url = "gate.example"', "does not start with http:// or https://"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    error = refusal(tmp_path, text)

    assert error.message.startswith(f"{tmp_path / 'config.toml'}, line 1: ")
    assert error.message.endswith(problem)
    assert "0123456789" not in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    "text",
    [
        'api_key = "sk-fake-0123456789"',
        'apikey = "sk-fake-0123456789"',
        'OPENAI_API_KEY = "sk-fake-0123456789"',
        'IMAGE_GEN_KEY = "sk-fake-0123456789"',
        'token = "sk-fake-0123456789"',
        '[profiles.work]\napi-key = "sk-fake-0123456789"',
        '[headers]\nAuthorization = "Bearer sk-fake-0123456789"',
        'headers = { x-api-key = "sk-fake-0123456789" }',
        '[profiles.work.headers]\nCookie = "sk-fake-0123456789"',
    ],
)
def test_a_literal_key_is_refused_with_the_better_ways_and_not_repeated(tmp_path: Path, text: str) -> None:
    error = refusal(tmp_path, text)

    assert "a key does not belong here" in error.message
    assert ", line " in error.message
    assert error.hint == BETTER_WAYS
    assert "0123456789" not in error.message


def test_mistakes_in_a_profile_not_in_use_show_too(tmp_path: Path) -> None:
    assert "line 4" in refusal(tmp_path, 'model = "x"\n[profiles.a]\n[profiles.b]\nretries = "x"').message


@pytest.mark.parametrize(
    ("text", "where"),
    [("model = gpt", "line 1"), ('model = "a"\nmodel = "b"', "line 2"), ('a = "', "line 1")],
)
def test_what_is_not_toml_is_said_with_the_line(tmp_path: Path, text: str, where: str) -> None:
    error = refusal(tmp_path, text)

    assert where in error.message
    assert "not TOML" in error.message


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfmodel = "gpt-5.5"\r\n')

    assert read(path).entries(None) == {"model": Entry(value="gpt-5.5")}


def test_text_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('model = "x"\noutput_dir = "café"'.encode("latin-1"))

    with pytest.raises(ConfigError, match=r"line 2: not UTF-8 text"):
        read(path)


def test_a_directory_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()

    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read(tmp_path / "config.toml")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too long"):
        read(written(tmp_path, "#" * 1_000_001))
