import io
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cpa_image_cli.app import run
from cpa_image_cli.core.settings.config_keys import BETTER_WAYS, KEYS
from cpa_image_cli.process.surroundings import Directories, Surroundings

KEY = "sk-fake-0123456789"
ALL_VALUES = {
    "base_url": ("https://gate.example/v1", "https://gate.example/v1"),
    "model": ("gpt-5.5", "gpt-5.5"),
    "format": ("jpg", "jpg"),
    "output_dir": ("~/图片", "~/图片"),
    "name_template": ("{prompt}", "{prompt}"),
    "api_key_command": ("pass show 网关", "pass show 网关"),
    "api_key_env": ("WORK_KEY", "WORK_KEY"),
    "stream": ("true", True),
    "fetch_url": ("true", True),
    "retries": ("2", 2),
    "timeout": ("300", 300),
    "max_wait": ("12.5", 12.5),
    "instructions": ("画图，不要说话", "画图，不要说话"),
    "preview": ("never", "never"),
    "if_exists": ("number", "number"),
    "provenance": ("sidecar", "sidecar"),
    "prices": ("openai", "openai"),
    "ledger": ("~/jobs.sqlite3", "~/jobs.sqlite3"),
    "requests_per_hour": ("20", 20),
    "requests_per_day": ("100", 100),
    "headers": None,
    "size": ("1024x1536", "1024x1536"),
    "quality": ("high", "high"),
    "complexity": ("low", "low"),
    "background": ("opaque", "opaque"),
    "output_compression": ("80", 80),
    "moderation": ("low", "low"),
    "partial_images": ("2", 2),
    "image_model": ("gpt-image-2", "gpt-image-2"),
    "action": ("edit", "edit"),
    "input_fidelity": ("high", "high"),
}


@dataclass(frozen=True, kw_only=True)
class Ended:
    status: int
    stdout: str
    stderr: str


@dataclass(kw_only=True)
class Home:
    """A home of its own, in which commands of the program run."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "config" / "config.toml"

    def write(self, text: str) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(text, encoding="utf-8")

    def table(self) -> dict[str, object]:
        return tomllib.loads(self.file.read_text("utf-8"))

    def config(self, *arguments: str) -> Ended:
        folders = Directories(
            config=self.file.parent, data=self.folder, cache=self.folder, pictures=self.folder / "Pictures"
        )
        stdout, stderr = io.StringIO(), io.StringIO()
        around = Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=stdout,
            stderr=stderr,
            home=self.folder,
            working_directory=self.folder,
            directories=lambda: folders,
        )
        status = run(["config", *arguments], around)
        return Ended(status=status, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    def refused(self, *arguments: str) -> str:
        """Return what is said about a wrong command line, which must not have changed the file."""
        before = self.file.read_bytes() if self.file.exists() else None
        ended = self.config(*arguments)
        assert (ended.status, ended.stdout) == (2, "")
        assert before == (self.file.read_bytes() if self.file.exists() else None)
        return ended.stderr


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(folder=tmp_path)


def test_the_table_below_knows_every_key() -> None:
    assert set(ALL_VALUES) == set(KEYS)


@pytest.mark.parametrize("key", [key for key, value in ALL_VALUES.items() if value])
@pytest.mark.parametrize("arguments", [(), ("--profile", "家")])
def test_every_key_can_be_set_read_and_taken_out(home: Home, key: str, arguments: tuple[str, ...]) -> None:
    text, value = ALL_VALUES[key] or ("", None)

    assert home.config("set", key, text, *arguments).status == 0

    table = home.table()
    if arguments:
        assert table == {"profiles": {"家": {key: value}}}
    else:
        assert table == {key: value}
    assert home.config("get", key, *arguments) == Ended(status=0, stdout=f"{text}\n", stderr="")
    assert home.config("unset", key, *arguments).status == 0
    assert key not in home.file.read_text("utf-8")


def test_what_was_done_is_said_in_a_line(home: Home) -> None:
    assert home.config("set", "model", "gpt-5.5").stderr == f"model is now gpt-5.5 ({home.file})\n"
    assert home.config("set", "model", "x", "--profile", "家").stderr == f"model is now x ({home.file} [profiles.家])\n"
    assert home.config("unset", "model").stderr == f"model is no longer set ({home.file})\n"
    assert home.config("unset", "model") == Ended(status=0, stdout="", stderr=f"model was not set ({home.file})\n")


def test_comments_and_order_stay(home: Home) -> None:
    home.write('# 我的\nretries = 2   # few\n\n# work\n[profiles.work]\nmodel = "x"\n')

    home.config("set", "retries", "3")
    home.config("set", "stream", "false")
    home.config("set", "size", "auto", "--profile", "work")
    home.config("unset", "model", "--profile", "work")

    assert home.file.read_text("utf-8") == (
        '# 我的\nretries = 3   # few\nstream = false\n\n# work\n[profiles.work]\nsize = "auto"\n'
    )


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("retries", "many", "expected a whole number"),
        ("retries", "101", "expected a whole number from 0 to 100"),
        ("timeout", "0", "expected seconds, from 0.1 to 86400"),
        ("timeout", "1e400", "expected a number"),
        ("stream", "yes", "expected true or false"),
        ("format", "bmp", "expected one of png, jpeg, webp, gif, avif, svg"),
        ("size", "big", "expected WIDTHxHEIGHT, such as 1024x1536, or auto"),
        ("base_url", "gate.example", "does not start with http:// or https://"),
        ("api_key_env", KEY, "expected the name of a variable, not its value"),
        ("headers.X Y", "1", "`X Y`: is no header name"),
        ("headers.Content-Length", "1", "`Content-Length`: is a header this program sets itself"),
        ("headers.X-Team", "一队", "`X-Team`: must be printable ASCII, without line breaks"),
        ("headers", "X-Team: one", "`headers` is a table"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(home: Home, key: str, value: str, problem: str) -> None:
    said = home.refused("set", key, value)

    assert problem in said
    assert KEY not in said
    assert not home.file.exists()


@pytest.mark.parametrize("command", [("get",), ("unset",), ("set", "x")])
@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("modle", "Did you mean model? Known keys: base_url, "),
        ("base-url", "Did you mean base_url? "),
        ("header.X", "Did you mean headers? "),
        ("profiles.work.model", "Name the profile by an option: --profile work model"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_right_name(
    home: Home, command: tuple[str, ...], key: str, hint: str
) -> None:
    said = home.refused(command[0], key, *command[1:])

    assert f"`{key}`: unknown key" in said
    assert hint in said


@pytest.mark.parametrize("key", ["api_key", "token", "IMAGE_GEN_KEY", "headers.Authorization", "headers.x-api-key"])
@pytest.mark.parametrize("arguments", [(), ("--profile", "work")])
def test_a_literal_key_is_refused_with_the_better_ways_and_not_repeated(
    home: Home, key: str, arguments: tuple[str, ...]
) -> None:
    said = home.refused("set", key, KEY, *arguments)

    assert f"`{key}`: a key does not belong in the config file" in said
    assert BETTER_WAYS in said
    assert KEY not in said


def test_a_header_is_one_whatever_the_case_of_its_name(home: Home) -> None:
    home.config("set", "headers.X-Team", "one")
    home.config("set", "headers.x-team", "two")

    assert home.table() == {"headers": {"X-Team": "two"}}
    assert home.config("get", "headers.X-TEAM").stdout == "two\n"
    assert home.config("get", "headers").stdout == "X-Team: two\n"
    assert home.config("unset", "headers.x-team").status == 0
    assert home.config("get", "headers.X-Team").status == 3


def test_the_name_of_a_header_may_hold_dots(home: Home) -> None:
    home.config("set", "headers.X.Team", "one")

    assert home.table() == {"headers": {"X.Team": "one"}}


def test_no_password_is_printed(home: Home) -> None:
    said = [
        home.config("set", "base_url", "https://user:fakepass@gate.example"),
        home.config("set", "headers.X-Session-Token", "fakepass-0123456789"),
        home.config("get", "base_url"),
        home.config("get", "headers"),
        home.config("get", "headers.X-Session-Token"),
    ]

    assert [ended.status for ended in said] == [0] * 5
    assert not [ended for ended in said if "fakepass" in ended.stdout + ended.stderr]
    assert said[2].stdout == "https://…@gate.example\n"


def test_a_profile_gets_what_the_top_of_the_file_says(home: Home) -> None:
    home.write('model = "top"\nretries = 2\n[profiles.work]\nmodel = "own"\n')

    assert home.config("get", "model").stdout == "top\n"
    assert home.config("get", "model", "--profile", "work").stdout == "own\n"
    assert home.config("get", "retries", "--profile", "work").stdout == "2\n"
    assert home.config("get", "model", "--profile", "家").status == 3


def test_a_value_that_is_not_set_is_no_empty_line(home: Home) -> None:
    ended = home.config("get", "model")

    assert (ended.status, ended.stdout) == (3, "")
    assert f"`model` is not set in {home.file}" in ended.stderr


@pytest.mark.parametrize(
    ("key", "value", "problem", "advice"),
    [
        ("retries", "-1", "expected a whole number from 0 to 100", "Further attempts, at most."),
        ("timeout", "-2.5", "expected seconds, from 0.1 to 86400", "Seconds one attempt may take."),
        (
            "base_url",
            "foo",
            "does not start with http:// or https://",
            "Write it as https://HOST, https://HOST/v1, or the whole address",
        ),
        ("base_url", "gate.example", "does not start with http", "Did you mean https://gate.example?"),
        ("stream", "maybe", "expected true or false", "Say true or false: cpa-image config set stream true"),
    ],
)
def test_a_value_is_refused_in_its_own_terms(home: Home, key: str, value: str, problem: str, advice: str) -> None:
    ended = home.config("set", key, value)

    assert ended.status == 2
    assert problem in ended.stderr
    assert advice in ended.stderr


def test_the_default_profile_must_be_there(home: Home) -> None:
    home.write('[profiles.work]\nmodel = "x"\n')

    assert "there is no profile 'wrok'" in home.refused("set", "default_profile", "wrok")
    assert "at the top of the file only" in home.refused("set", "default_profile", "work", "--profile", "work")
    assert home.config("set", "default_profile", "work").status == 0
    assert home.config("get", "default_profile").stdout == "work\n"


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x1b[31m"])
def test_a_profile_needs_a_name_that_can_be_seen(home: Home, name: str) -> None:
    assert "--profile: expected a name" in home.refused("set", "model", "x", "--profile", name)


def test_a_second_way_to_the_key_is_refused(home: Home) -> None:
    home.config("set", "api_key_env", "WORK_KEY", "--profile", "家")

    said = home.refused("set", "api_key_command", "pass show x", "--profile", "家")

    assert "First: cpa-image config unset api_key_env --profile '家'" in said
    assert home.config("set", "api_key_command", "pass show x").status == 0


@pytest.mark.parametrize(
    ("text", "variables", "change", "note"),
    [
        ("", {"IMAGE_GEN_MODEL": "gpt-x"}, ("model", "y"), "model in use is gpt-x, from IMAGE_GEN_MODEL"),
        (
            'default_profile = "work"\n[profiles.work]\nmodel = "own"\n',
            {},
            ("model", "y"),
            "model in use is own, from config file [profiles.work]: model",
        ),
        ("", {"OPENAI_API_KEY": KEY}, ("api_key_env", "K"), "api_key in use is sk-…6789, from OPENAI_API_KEY"),
        (
            "[profiles.a]\n[profiles.b]\n",
            {"CPA_IMAGE_PROFILE": "a"},
            ("default_profile", "b"),
            "profile in use is a, from CPA_IMAGE_PROFILE",
        ),
    ],
)
def test_what_goes_before_a_value_just_set_is_told(
    home: Home, text: str, variables: dict[str, str], change: tuple[str, str], note: str
) -> None:
    home.write(text)
    home.environ |= variables

    lines = home.config("set", *change).stderr.splitlines()

    assert lines[1:] == [f"Note: {note}, which goes before the config file."]


def test_a_mistake_elsewhere_is_told_before_anything_changes(home: Home) -> None:
    home.write("modle = 1\n")

    ended = home.config("set", "model", "x")

    assert ended.status == 3
    assert f"{home.file}, line 1: `modle`: unknown key" in ended.stderr
    assert home.file.read_text() == "modle = 1\n"


@pytest.mark.parametrize("key", ["modle", "api_key", "headers.Authorization"])
def test_what_does_not_belong_in_the_file_can_be_taken_out(home: Home, key: str) -> None:
    home.write(f'model = "x"\n{key} = "{KEY}"\n')

    ended = home.config("unset", key)

    assert (ended.status, KEY in ended.stderr) == (0, False)
    assert home.file.read_text() == 'model = "x"\n'


def test_what_is_still_wrong_after_taking_one_out_is_told(home: Home) -> None:
    home.write("modle = 1\nretrys = 2\n")

    ended = home.config("unset", "modle")

    assert ended.status == 3
    assert "modle is no longer set" in ended.stderr
    assert "line 1: `retrys`: unknown key" in ended.stderr
    assert home.file.read_text() == "retrys = 2\n"


@pytest.mark.parametrize("key", ["profiles", "profile"])
def test_whole_profiles_are_not_taken_out_by_mistake(home: Home, key: str) -> None:
    home.write('[profiles.work]\nmodel = "x"\n[profile.work]\nmodel = "x"\n')

    assert f"`{key}` is a table" in home.refused("unset", key)


def test_taking_out_what_is_not_there_makes_no_file(home: Home) -> None:
    assert home.config("unset", "model").status == 0
    assert not home.file.exists()


def test_a_file_that_cannot_be_written_is_an_error_of_configuration(home: Home) -> None:
    home.file.parent.write_text("a file in place of the folder")

    ended = home.config("set", "model", "x")

    assert ended.status == 3
    assert str(home.file) in ended.stderr
