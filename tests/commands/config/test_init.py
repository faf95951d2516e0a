"""The real program asks in a real pseudo-terminal; the gateway is the sandbox, over a real socket."""

import os
import pty
import re
import select
import socket
import stat
import subprocess
import sys
import termios
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.inherited import inherited

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")

PATIENCE = 30.0
"""Seconds until a question must have come."""

ON_ITS_TERMINAL = "import os, sys; os.login_tty(os.dup(0)); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
"""So that Ctrl-C reaches the program."""

QUESTIONS = {
    "url": "Base URL of the gateway",
    "key": "Number [1]:",
    "variable": "Name of the variable",
    "command": "Command:",
    "model": "Model [",
    "format": "Format (png, jpeg, webp, gif, avif, svg)",
    "folder": "Folder for pictures",
    "profile": "Profile, if you use several gateways",
    "all_the_same": "Write it all the same? (y/n)",
    "change": "Change it? (y/n)",
}


class Dialogue:
    """A run of the program on a terminal of its own."""

    def __init__(self, arguments: list[str], environ: dict[str, str]) -> None:
        self.said = ""
        self._read = 0
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self._process = subprocess.Popen(
            [sys.executable, "-c", ON_ITS_TERMINAL, "-m", "cpa_image_cli", "config", "init", *arguments],
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)

    def wait_for(self, words: str) -> None:
        """Read until *words* come after what was read before."""
        until = time.monotonic() + PATIENCE
        while words not in self.said[self._read :]:
            assert time.monotonic() < until, f"no {words!r} in {self.said!r}"
            assert self._more(until - time.monotonic()), f"ended without {words!r}: {self.said!r}"
        self._read = self.said.index(words, self._read) + len(words)

    def answer(self, question: str, text: str = "") -> None:
        self.wait_for(QUESTIONS[question])
        self.type(f"{text}\n")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def terminate(self) -> None:
        self._process.terminate()

    def end(self) -> int:
        """Read what is left and return the exit status."""
        while self._more(PATIENCE):
            pass
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def _more(self, patience: float) -> bool:
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            piece = os.read(self._master, 65536)
        except OSError:
            # EIO: nobody has the other end open any more.
            return False
        self.said += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)


class Home:
    """A fresh home, as a new user has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / ".config" / "cpa-image" / "config.toml"
        self.environ = {**inherited(), "HOME": str(folder), "TERM": "xterm", "NO_COLOR": "1"}
        self.environ |= {"LC_ALL": "C.UTF-8", "WORK_KEY": "sk-fake-work-key-0123456789"}
        self._open: list[Dialogue] = []

    def talk(self, *arguments: str) -> Dialogue:
        self._open.append(Dialogue(list(arguments), self.environ))
        return self._open[-1]

    def init(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "cpa_image_cli", "config", "init", *arguments]
        return subprocess.run(
            command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def write(self, text: str) -> None:
        self.file.parent.mkdir(parents=True)
        self.file.write_text(text, "utf-8")

    def table(self) -> dict[str, object]:
        return tomllib.loads(self.file.read_text("utf-8"))

    def close(self) -> None:
        for dialogue in self._open:
            dialogue.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("ok", key="sk-fake-work-key-0123456789") as gateway:
        yield gateway


# Questions


def test_a_new_user_answers_a_few_questions_and_has_a_file(home: Home, sandbox: Sandbox) -> None:
    talk = home.talk()
    talk.answer("url", sandbox.base_url)
    talk.answer("key")
    talk.answer("variable", "WORK_KEY")
    talk.answer("model")
    talk.answer("format", "webp")
    talk.answer("folder", "~/图片")
    talk.answer("profile")

    assert talk.end() == 0
    assert home.table() == {
        "base_url": sandbox.base_url,
        "api_key_env": "WORK_KEY",
        "format": "webp",
        "output_dir": "~/图片",
    }
    assert [stat.S_IMODE(path.stat().st_mode) for path in (home.file, home.file.parent)] == [0o600, 0o700]
    assert re.search(r"✓ /v1/models +the key is accepted", talk.said)
    assert f"Wrote {home.file}.\n" in talk.said
    assert 'Try it: cpa-image generate "一只松鼠"\n' in talk.said


def test_testing_asks_for_no_picture(home: Home, sandbox: Sandbox) -> None:
    assert home.init("--base-url", sandbox.base_url, "--api-key-env", "WORK_KEY", "--yes").returncode == 0

    # One opening brace, which is no request that anybody could answer with a picture.
    assert {request.body for request in sandbox.requests if request.method == "POST"} == {b"{"}


def test_wrong_answers_are_asked_again_and_say_what_is_right(home: Home, sandbox: Sandbox) -> None:
    talk = home.talk()
    for url, said in (
        ("", "it is needed, such as https://gateway.example"),
        ("localhost:8317", "Did you mean http://localhost:8317?"),
    ):
        talk.answer("url", url)
        talk.wait_for(said.split()[-1])
    talk.answer("url", f"{sandbox.base_url}/v1/v1")
    talk.wait_for("(y/n) [y]:")
    talk.type("\n")
    talk.answer("key", "sk-pasted-here")
    talk.wait_for("expected a number from 1 to 3")
    talk.answer("key", "1")
    talk.answer("variable", "sk-pasted-again")
    talk.wait_for("expected the name of a variable, not its value")
    talk.answer("variable", "WORK_KEY")
    talk.answer("model", "gpt-image-2")
    talk.wait_for("that is an image model;")
    talk.answer("model")
    talk.answer("format", "bmp")
    talk.wait_for("expected one of png, jpeg, webp, gif, avif, svg")
    talk.answer("format")
    talk.answer("folder", "图片")
    talk.wait_for("expected a whole path, such as ~/图片")
    talk.answer("folder")
    talk.answer("profile")

    assert talk.end() == 0
    assert home.table() == {"base_url": f"{sandbox.base_url}/v1", "api_key_env": "WORK_KEY"}


def test_a_program_may_print_the_key_and_a_profile_get_it_all(home: Home, sandbox: Sandbox) -> None:
    secret = home.folder / "密钥"
    secret.write_text(f"{sandbox.key}\n")
    talk = home.talk("--base-url", sandbox.base_url, "--format", "png", "--output-dir", "~/图片")
    talk.answer("key", "2")
    talk.answer("command", f"cat {secret}")
    talk.answer("model", "gpt-5.5")
    talk.answer("profile", "家")

    assert talk.end() == 0
    assert home.table() == {
        "default_profile": "家",
        "profiles": {
            "家": {
                "base_url": sandbox.base_url,
                "model": "gpt-5.5",
                "api_key_command": f"cat {secret}",
                "format": "png",
                "output_dir": "~/图片",
            }
        },
    }
    assert sandbox.key not in talk.said


def test_a_gateway_without_keys_is_said_by_a_variable(home: Home) -> None:
    with Sandbox("ok", key="") as sandbox:
        talk = home.talk("--base-url", sandbox.base_url, "--model", "gpt-5.4")
        talk.answer("key", "3")
        talk.answer("format")
        talk.answer("folder")
        talk.answer("profile")

        assert talk.end() == 0

    assert home.table() == {"base_url": sandbox.base_url}
    assert "answers without a key" in talk.said
    assert 'Set IMAGE_GEN_KEY="" (set, but empty)' in talk.said


def test_where_the_key_is_now_is_the_first_choice(home: Home, sandbox: Sandbox) -> None:
    home.environ |= {"CPA_API_KEY": sandbox.key, "CPA_BASE_URL": sandbox.base_url}
    talk = home.talk()
    talk.answer("url")
    talk.wait_for("1  where it is now: CPA_API_KEY (sk-…6789)")
    talk.answer("key")
    for question in ("model", "format", "folder", "profile"):
        talk.answer(question)

    assert talk.end() == 0
    assert home.table() == {"base_url": sandbox.base_url, "api_key_env": "CPA_API_KEY"}


def test_what_does_not_work_is_not_written_unless_wanted(home: Home) -> None:
    # Bound and not listening, so that nobody answers and nobody else can take the port.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        _try_twice(home, f"http://127.0.0.1:{taken.getsockname()[1]}")


def _try_twice(home: Home, url: str) -> None:
    statuses = []
    for answer in ("", "y"):
        talk = home.talk("--base-url", url, "--api-key-env", "WORK_KEY", "--model", "gpt-5.4")
        for question in ("format", "folder", "profile"):
            talk.answer(question)
        talk.answer("all_the_same", answer)
        statuses.append((talk.end(), home.file.exists(), "Connection refused" in talk.said))

    assert statuses == [(8, False, True), (0, True, True)]


@pytest.mark.parametrize(("answer", "is_changed"), [("n", False), ("", True)])
def test_a_file_that_is_there_is_changed_only_when_that_is_right(
    home: Home, sandbox: Sandbox, answer: str, *, is_changed: bool
) -> None:
    before = f'# 我的\nbase_url = "{sandbox.base_url}"   # here\nmodel = "gpt-5.5"\napi_key_command = "false"\n'
    home.write(before)
    talk = home.talk("--api-key-env", "WORK_KEY", "--model", "gpt-5.4")
    for question in ("url", "format", "folder", "profile"):
        talk.answer(question)
    talk.wait_for("model = gpt-5.4   (was gpt-5.5)")
    talk.answer("change", answer)

    assert talk.end() == 0
    after = before.replace("gpt-5.5", "gpt-5.4").replace('api_key_command = "false"', 'api_key_env = "WORK_KEY"')
    assert home.file.read_text("utf-8") == (after if is_changed else before)


def test_answers_that_change_nothing_write_nothing(home: Home, sandbox: Sandbox) -> None:
    text = f"base_url = '{sandbox.base_url}'\napi_key_env = 'WORK_KEY'\n"
    home.write(text)
    before = home.file.stat().st_mtime_ns
    talk = home.talk()
    for question in ("url", "key", "model", "format", "folder", "profile"):
        talk.answer(question)

    assert talk.end() == 0
    assert "says all of this already" in " ".join(talk.said.split())
    assert (home.file.read_text(), home.file.stat().st_mtime_ns) == (text, before)


def test_backspace_takes_away_one_chinese_character_and_tab_completes(home: Home, sandbox: Sandbox) -> None:
    (home.folder / "图片库").mkdir()
    talk = home.talk(
        "--base-url", sandbox.base_url, "--api-key-env", "WORK_KEY", "--model", "gpt-5.4", "--format", "png"
    )
    talk.wait_for(QUESTIONS["folder"])
    talk.type("~/图片夹\x7f\t")
    talk.wait_for("库")
    talk.type("\n")
    talk.answer("profile")

    assert talk.end() == 0
    assert str(home.table()["output_dir"]).rstrip("/") == "~/图片库"
    assert re.search(r"Folder for pictures \[[^\]]+\]: ~/图片库/?\n", talk.said)


def test_a_terminal_that_cannot_be_drawn_on_is_asked_line_by_line(home: Home, sandbox: Sandbox) -> None:
    home.environ["TERM"] = "dumb"
    talk = home.talk("--base-url", sandbox.base_url, "--api-key-env", "WORK_KEY")
    for question in ("model", "format", "folder", "profile"):
        talk.answer(question)

    assert talk.end() == 0
    assert "\x1b" not in talk.said
    assert home.table() == {"base_url": sandbox.base_url, "api_key_env": "WORK_KEY"}


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
@pytest.mark.parametrize("stop", ["\x03", "\x04"])
def test_stopping_in_the_middle_writes_nothing(home: Home, stop: str, terminal: str) -> None:
    home.environ["TERM"] = terminal
    talk = home.talk()
    talk.answer("url", "http://127.0.0.1:1")
    talk.wait_for(QUESTIONS["key"])
    talk.type(stop)

    assert talk.end() == 130
    assert "Traceback" not in talk.said
    assert not home.file.exists()


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
def test_sigterm_ends_it_and_writes_nothing(home: Home, terminal: str) -> None:
    home.environ["TERM"] = terminal
    talk = home.talk()
    talk.wait_for(QUESTIONS["url"])
    talk.terminate()

    assert talk.end() == 143
    assert not home.file.exists()


def test_a_wrong_file_is_told_before_anything_is_asked(home: Home) -> None:
    home.write("modle = 1\n")
    talk = home.talk()

    assert talk.end() == 3
    assert "line 1: `modle`: unknown key" in " ".join(talk.said.split())
    assert QUESTIONS["url"] not in talk.said


# Scripts


def test_without_a_terminal_and_without_yes_nothing_is_asked(home: Home) -> None:
    ended = home.init("--base-url", "http://127.0.0.1:1")

    assert (ended.returncode, ended.stdout, home.file.exists()) == (2, "", False)
    assert "nobody is there to answer the questions" in ended.stderr
    assert "--yes" in ended.stderr


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        (
            "http://127.0.0.1:1",
            "POST http://127.0.0.1:1/v1/responses. A base URL that ends in `/responses` is taken as",
        ),
        ("http://127.0.0.1:1/openai/responses", "POST http://127.0.0.1:1/openai/responses.\n"),
    ],
)
def test_the_address_that_will_be_asked_is_shown_with_the_way_to_another(home: Home, base_url: str, told: str) -> None:
    ended = home.init("--base-url", base_url, "--no-key", "--no-test", "--yes")

    assert (ended.returncode, home.table()) == (0, {"base_url": base_url})
    assert f"Pictures are asked for by {told}" in ended.stderr


def test_a_script_sets_everything_by_options(home: Home, sandbox: Sandbox) -> None:
    options = ["--base-url", sandbox.base_url, "--api-key-env", "WORK_KEY", "--model", "gpt-5.5", "--format", "jpg"]

    ended = home.init(*options, "--output-dir", "/srv/图片", "--profile", "work", "--yes")

    assert (ended.returncode, ended.stdout) == (0, "")
    assert "pass  endpoint: model listed: gpt-5.5 is listed\n" in ended.stderr
    assert home.table() == {
        "default_profile": "work",
        "profiles": {
            "work": {
                "base_url": sandbox.base_url,
                "model": "gpt-5.5",
                "api_key_env": "WORK_KEY",
                "format": "jpg",
                "output_dir": "/srv/图片",
            }
        },
    }


def test_a_second_profile_does_not_become_the_default(home: Home) -> None:
    home.write('base_url = "https://gate.example"\n')

    ended = home.init("--base-url", "http://127.0.0.1:1", "--profile", "work", "--no-test", "--yes")

    assert home.table() == {
        "base_url": "https://gate.example",
        "profiles": {"work": {"base_url": "http://127.0.0.1:1"}},
    }
    assert ended.stderr.endswith('Try it: cpa-image generate "一只松鼠" --profile work\n')


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--api-key-env", "WRONG_KEY"), 4, "fail  endpoint: /v1/models: HTTP 401"),
        (("--api-key-env", "WORK_KEY", "--model", "gpt-9"), 3, "gpt-9 is not among the"),
        (("--api-key-command", "false"), 3, "the `api_key_command` (false) failed with status 1"),
    ],
)
def test_a_test_that_fails_writes_nothing_and_says_so_by_its_status(
    home: Home, sandbox: Sandbox, options: tuple[str, ...], status: int, said: str
) -> None:
    home.environ["WRONG_KEY"] = "sk-fake-wrong-9876543210"

    ended = home.init("--base-url", sandbox.base_url, *options, "--yes")

    assert (ended.returncode, home.file.exists()) == (status, False)
    assert said in ended.stderr
    assert "--no-test writes without asking the gateway" in ended.stderr
    assert "sk-fake" not in ended.stderr


def test_a_key_that_would_go_before_the_one_given_is_not_the_one_that_is_tested(home: Home, sandbox: Sandbox) -> None:
    home.environ |= {"CPA_API_KEY": "sk-fake-other-9876543210", "IMAGE_GEN_BASE_URL": "http://127.0.0.1:1"}

    ended = home.init("--base-url", sandbox.base_url, "--api-key-env", "WORK_KEY", "--yes")

    assert ended.returncode == 0
    assert "the key is accepted" in ended.stderr
    assert "Note: base_url in use is http://127.0.0.1:1, from IMAGE_GEN_BASE_URL, which goes before" in ended.stderr
    assert "Note: api_key in use is sk-…3210, from CPA_API_KEY, which goes before" in ended.stderr


def test_a_variable_that_is_not_set_yet_cannot_be_tested_and_is_no_failure(home: Home, sandbox: Sandbox) -> None:
    ended = home.init("--base-url", sandbox.base_url, "--api-key-env", "LATER_KEY", "--yes")

    assert (ended.returncode, sandbox.requests) == (0, [])
    assert "The gateway was not tested: LATER_KEY is not set." in ended.stderr
    assert "Set LATER_KEY to the key." in ended.stderr
    assert home.table() == {"base_url": sandbox.base_url, "api_key_env": "LATER_KEY"}


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ((), 3, "no gateway is configured"),
        (("--base-url", "gate.example"), 2, "does not start with http:// or https://"),
        (("--base-url", "http://a", "--format", "bmp"), 2, "expected one of png, jpeg, webp, gif, avif, svg"),
        (
            ("--base-url", "http://a", "--api-key-env", "sk-fake-0123"),
            2,
            "expected the name of a variable, not its value",
        ),
        (("--base-url", "http://a", "--profile", ""), 2, "--profile: expected a name"),
        (("--no-key", "--api-key-env", "A"), 2, "contradict each other"),
    ],
)
def test_options_that_cannot_be_right_are_refused(home: Home, options: tuple[str, ...], status: int, said: str) -> None:
    ended = home.init(*options, "--no-test", "--yes")

    assert (ended.returncode, home.file.exists()) == (status, False)
    assert said in ended.stderr
    assert "sk-fake" not in ended.stderr


def test_what_openclaw_says_is_not_copied(home: Home, sandbox: Sandbox) -> None:
    (home.folder / ".openclaw").mkdir()
    provider = f'{{baseUrl: "{sandbox.base_url}/v1", apiKey: "{sandbox.key}"}}'
    (home.folder / ".openclaw" / "openclaw.json").write_text(f"{{models: {{providers: {{otcbot: {provider}}}}}}}")
    talk = home.talk("--format", "jpeg")
    talk.answer("url")
    talk.wait_for("1  where it is now: OpenClaw (~/.openclaw/openclaw.json)")
    talk.answer("key")
    for question in ("model", "folder", "profile"):
        talk.answer(question)

    assert talk.end() == 0
    assert home.table() == {"format": "jpeg"}


def test_a_gateway_that_needs_no_key_now_needs_none_then(home: Home) -> None:
    with Sandbox("ok", key="") as sandbox:
        home.environ |= {"IMAGE_GEN_BASE_URL": sandbox.base_url, "IMAGE_GEN_KEY": ""}
        talk = home.talk()
        talk.answer("url")
        talk.wait_for("1  where it is now: IMAGE_GEN_KEY")
        for question in ("key", "model", "format", "folder", "profile"):
            talk.answer(question)

        assert talk.end() == 0

    assert home.table() == {"base_url": sandbox.base_url}


def test_a_variable_that_is_not_set_yet_is_told_and_a_profile_can_be_left(home: Home, sandbox: Sandbox) -> None:
    home.write(f"default_profile = 'work'\n[profiles.work]\nbase_url = '{sandbox.base_url}'\n")
    talk = home.talk()
    talk.answer("url")
    talk.wait_for("Number")
    talk.type("1\n")
    talk.answer("variable", "MY_KEY")
    talk.wait_for("MY_KEY is not set yet.")
    for question in ("model", "format", "folder"):
        talk.answer(question)
    talk.wait_for("(- for none)")
    talk.type("-\n")
    talk.answer("change", "y")

    assert talk.end() == 0
    assert (home.table()["api_key_env"], home.table()["base_url"]) == ("MY_KEY", sandbox.base_url)
