import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpa_image_cli.commands.config.group import app
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.process.surroundings import Directories, Surroundings

KEY = "sk-fake-0123456789"
OPENCLAW = '{models: {providers: {otcbot: {baseUrl: "https://claw.example/api", apiKey: "sk-fake-claw-9876543210"}}}}'


class Run:
    """One run of ``config`` in a home directory of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"COLUMNS": "100", "NO_COLOR": "1"}

    def config(self, text: str) -> None:
        (self.home / "config.toml").write_text(text, encoding="utf-8")

    def openclaw(self, text: str = OPENCLAW) -> None:
        (self.home / ".openclaw").mkdir()
        (self.home / ".openclaw" / "openclaw.json").write_text(text, encoding="utf-8")

    def output(self, *arguments: str) -> str:
        folders = Directories(config=self.home, data=self.home, cache=self.home, pictures=self.home / "Pictures")
        stdout = io.StringIO()
        around = Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=stdout,
            stderr=io.StringIO(),
            home=self.home,
            working_directory=self.home,
            directories=lambda: folders,
        )
        app(args=list(arguments), obj=around, standalone_mode=False)
        return stdout.getvalue()

    def rows(self, *arguments: str) -> list[list[str]]:
        """Return the cells of the printed table, in order; they are two spaces or more apart."""
        lines = self.output("show", *arguments).splitlines()
        return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_every_setting_is_a_row_with_value_and_source(run: Run) -> None:
    run.environ |= {"IMAGE_GEN_BASE_URL": "https://gate.example/v1", "IMAGE_GEN_KEY": KEY, "CPA_VERSION": ""}
    run.config('model = "gpt-5.5"\nsize = "1024x1536"\n[headers]\nX-Tenant = "acme"')

    rows = run.rows()

    for row in (
        ["base_url", "https://gate.example/v1", "IMAGE_GEN_BASE_URL"],
        ["api_key", "sk-…6789", "IMAGE_GEN_KEY"],
        ["model", "gpt-5.5", "config file"],
        ["size", "1024x1536", "config file"],
        ["retries", "4", "default"],
        ["stream", "false", "default"],
        ["version", "(header left out)", "CPA_VERSION"],
        ["header X-Tenant", "acme", "config file"],
    ):
        assert row in rows


def test_what_nobody_set_shares_the_last_row(run: Run) -> None:
    run.environ["COLUMNS"] = "260"
    run.config('quality = "high"\n[headers]\nX-Tenant = "acme"')

    general = "size, complexity, background, output_compression, moderation, partial_images, image_model"
    limits = "requests_per_hour, requests_per_day, max_requests"
    shared = f"{general}, action, input_fidelity, name_template, prices, {limits}, profile"
    assert run.rows()[-1] == ["(not set)", shared, "-"]


def test_what_somebody_set_stands_out_from_the_defaults(run: Run) -> None:
    run.environ = {"COLUMNS": "100", "FORCE_COLOR": "1"}
    run.config("retries = 2")

    lines = run.output("show").splitlines()

    (chosen,) = [line for line in lines if "retries" in line]
    (default,) = [line for line in lines if "timeout" in line]
    assert "\x1b[2m" not in chosen
    assert default.count("\x1b[2m") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Profile: none in use; the file has work, 家"),
        (("--profile", "家"), "Profile: 家, by --profile; the file also has work"),
    ],
)
def test_the_profile_in_use_and_the_others_are_named(run: Run, arguments: tuple[str, ...], said: str) -> None:
    run.config('[profiles.work]\nmodel = "gpt-work"\n[profiles."家"]')

    assert said in run.output("show", *arguments).splitlines()


@pytest.mark.parametrize(
    ("variables", "said"),
    [({}, "Profile: work, by config file: default_profile"), ({"CPA_IMAGE_PROFILE": "work"}, "by CPA_IMAGE_PROFILE")],
)
def test_it_is_said_who_chose_the_profile(run: Run, variables: dict[str, str], said: str) -> None:
    run.environ |= variables
    run.config('default_profile = "work"\n[profiles.work]\nmodel = "gpt-work"')

    assert said in run.output("show")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cpa_image_cli", "config", "show", "--all"]
    environ = {**os.environ, "HOME": str(tmp_path), "PYTHONUNBUFFERED": ""}

    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert (process.wait(), said) == (0, b"")


def test_missing_values_are_no_failure(run: Run) -> None:
    rows = run.rows()

    assert ["base_url", "-", "-"] in rows
    assert ["api_key", "-", "-"] in rows


def test_values_that_cannot_be_had_say_why(run: Run) -> None:
    run.environ |= {"CPA_BASE_URL": "gate.example", "COLUMNS": "200"}
    run.config("api_key_command = '/no/such/program vault-path'")

    rows = run.rows()

    assert [
        "base_url",
        "unresolved: the base URL 'gate.example' does not start with http:// or https://",
        "CPA_BASE_URL",
    ] in rows
    assert [
        "api_key",
        "unresolved: the `api_key_command` (/no/such/program) could not be run: there is no such program",
        "config file: api_key_command",
    ] in rows


@pytest.mark.parametrize("arguments", [(), ("--all",), ("--json",)])
def test_no_key_and_no_password_is_printed(run: Run, arguments: tuple[str, ...]) -> None:
    run.environ |= {
        "IMAGE_GEN_BASE_URL": "https://user:fakepass@gate.example",
        "OTCBOT_BASE_URL": "https://user:fakepass@other.example",
        "OPENAI_API_KEY": KEY,
        "CPA_API_KEY": f"{KEY} {KEY}",
    }
    run.openclaw()

    output = run.output("show", *arguments)

    assert "gate.example" in output
    assert not [secret for secret in ("fakepass", KEY, "012345", "9876543210") if secret in output]


def test_mixed_sources_are_marked_and_explained(run: Run) -> None:
    run.openclaw()
    run.environ |= {"OPENAI_API_KEY": KEY, "COLUMNS": "160"}

    rows = run.rows()

    assert ["api_key", "sk-…6789", "OPENAI_API_KEY ! mixed"] in rows
    said = "! the key from OPENAI_API_KEY goes to claw.example, which was configured by "
    assert rows[-1] == [f"{said}OpenClaw (~/.openclaw/openclaw.json)"]


def test_all_shows_each_candidate_in_order_with_what_was_found(run: Run) -> None:
    run.environ |= {"IMAGE_GEN_BASE_URL": "", "CPA_BASE_URL": "https://gate.example", "CPA_API_KEY": KEY}
    run.openclaw(OPENCLAW.replace("sk-fake-claw-9876543210", "secretref-managed"))
    run.environ["COLUMNS"] = "300"

    rows = run.rows("--all")

    start = rows.index(["base_url", "--base-url", "unset"])
    assert rows[start + 1 : start + 7] == [
        ["IMAGE_GEN_BASE_URL", "empty"],
        ["OTCBOT_BASE_URL", "unset"],
        ["CPA_BASE_URL", "set https://gate.example"],
        ["OPENAI_BASE_URL", "unset"],
        ["config file", "unset"],
        ["OpenClaw (~/.openclaw/openclaw.json)", "shadowed https://claw.example/api"],
    ]
    (claws_key,) = [row for row in rows if row and row[0].startswith("OpenClaw") and "unresolved" in row[1]]
    assert "only OpenClaw's secrets name" in claws_key[1]


def test_all_tells_of_files_that_could_not_be_read(run: Run) -> None:
    run.openclaw("{")

    assert "neither JSON nor JSON5" in " ".join(run.output("show", "--all").split())


def test_json_holds_every_setting_with_its_candidates(run: Run) -> None:
    run.environ |= {"CPA_BASE_URL": "https://user:fakepass@gate.example", "IMAGE_GEN_KEY": KEY}
    run.config('instructions = "画图"\nretries = 2\ndefault_profile = "work"\n[profiles.work]\nstream = true')
    run.openclaw()

    data = json.loads(run.output("show", "--json"))

    assert data["schema"] == "cpa-image/settings/1"
    assert (data["config_file"], data["config_file_exists"]) == (str(run.home / "config.toml"), True)
    assert data["openclaw_files"] == [str(run.home / ".openclaw" / "openclaw.json")]
    assert data["profiles"] == ["work"]
    assert (data["headers"], data["warnings"], data["notes"]) == ([], [], [])
    settings = data["settings"]
    values = {name: setting["value"] for name, setting in settings.items()}
    assert values["base_url"] == "https://…@gate.example"
    assert (values["api_key"], values["instructions"]) == ("sk-…6789", "画图")
    assert (values["retries"], values["stream"], values["timeout"]) == (2, True, 600.0)
    assert (values["size"], values["output_dir"]) == (None, str(run.home / "Pictures"))
    assert settings["profile"]["value"] == "work"
    assert settings["stream"] == {
        "value": True,
        "source": "config file [profiles.work]: stream",
        "origin": "config",
        "variable": None,
        "problem": None,
        "candidates": [
            {"source": "--stream", "state": "unset", "value": None, "note": None},
            {"source": "config file [profiles.work]: stream", "state": "set", "value": "true", "note": None},
            {"source": "default", "state": "shadowed", "value": "false", "note": None},
        ],
    }


def test_json_tells_problems_and_warnings_with_their_codes(run: Run) -> None:
    run.environ |= {"CPA_BASE_URL": "http://gate.example", "CPA_API_KEY": KEY, "IMAGE_GEN_OUTPUT_FORMAT": "bmp"}

    data = json.loads(run.output("show", "--json"))

    assert [warning["code"] for warning in data["warnings"]] == ["plain_http"]
    assert data["settings"]["format"]["problem"] == {
        "code": "config_invalid",
        "message": "the variable IMAGE_GEN_OUTPUT_FORMAT is 'bmp': expected one of png, jpeg, webp, gif, avif, svg",
        "hint": None,
    }


def test_the_profile_to_look_at_can_be_chosen(run: Run) -> None:
    run.config('[profiles.work]\nmodel = "gpt-work"')

    assert ["model", "gpt-work", "config file [profiles.work]"] in run.rows("--profile", "work")


def test_a_wrong_file_is_an_error(run: Run) -> None:
    run.config("modle = 1")

    with pytest.raises(ConfigError, match="line 1"):
        run.output("show")


@pytest.mark.parametrize("width", [40, 59, 60, 80, 200])
@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_any_width_is_kept_and_no_name_is_broken(run: Run, width: int, arguments: tuple[str, ...]) -> None:
    run.environ |= {"COLUMNS": str(width), "OPENAI_API_KEY": KEY}
    run.config('output_dir = "/srv/图片/松鼠"')
    run.openclaw()

    lines = run.output("show", *arguments).splitlines()

    assert all(len(line) + sum(character > "⺀" for character in line) <= width for line in lines)
    first_words = {line.split()[0] for line in lines if line.strip()}
    assert {"base_url", "output_dir", "retry_unknown"} <= first_words


def test_text_from_files_cannot_control_the_terminal_or_the_markup(run: Run) -> None:
    run.environ["COLUMNS"] = "200"
    run.config('instructions = "[red]a\\u001b[31mb\\u202e[/red]"')

    output = run.output("show")

    assert "[red]ab\N{REPLACEMENT CHARACTER}[/red]" in output
    assert "\x1b" not in output


def test_the_path_is_printed_alone_whether_it_exists_or_not(run: Run) -> None:
    assert run.output("path") == f"{run.home / 'config.toml'}\n"


def test_a_remark_that_is_a_warning_already_is_not_made_twice(run: Run) -> None:
    run.openclaw()
    models = run.home / ".openclaw" / "agents" / "main" / "agent" / "models.json"
    models.parent.mkdir(parents=True)
    models.write_text("{", encoding="utf-8")
    run.environ["COLUMNS"] = "300"

    lines = run.output("show", "--all").splitlines()

    assert [line[0] for line in lines if "models.json is left out" in line] == ["!"]


def test_the_variable_behind_a_named_one_and_the_profile_behind_a_header_are_told(run: Run) -> None:
    run.environ |= {"COMPANY_KEY": KEY, "COLUMNS": "160"}
    run.config("""
base_url = "https://gate.example"
api_key_env = "COMPANY_KEY"
default_profile = "work"
[headers]
X-A = "top"
X-B = "top"
[profiles.work.headers]
x-b = "own"
""")

    rows = run.rows()
    data = json.loads(run.output("show", "--json"))

    assert ["api_key", "sk-…6789", "COMPANY_KEY (config file: api_key_env)"] in rows
    assert ["header X-A", "top", "config file"] in rows
    assert ["header x-b", "own", "config file [profiles.work]"] in rows
    assert data["settings"]["api_key"]["variable"] == "COMPANY_KEY"
