import io
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, ConfigError, UsageError
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Candidate, Origin, Resolved, State
from cpa_image_cli.core.settings.settings import DEFAULT_USER_AGENT, Settings
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Directories, Surroundings
from cpa_image_cli.settings import resolve_settings

URL = "https://gate.example/v1"
OPENCLAW = (
    '{models: {providers: {otcbot: {baseUrl: "http://127.0.0.1:38417/api", apiKey: "sk-fake-claw-0123456789"}}}, '
)
OPENCLAW += 'agents: {defaults: {model: "otcbot/gpt-5.5"}}}'


class Machine:
    """A home directory to lay files out in, and the settings of a run there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: dict[str, str] = {}
        self.directories_asked = 0

    def config(self, text: str) -> None:
        path = self.home / ".config" / "cpa-image" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def openclaw(self, text: str = OPENCLAW) -> None:
        path = self.home / ".openclaw" / "openclaw.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def around(self) -> Surroundings:
        directories = Directories(
            config=self.home / ".config" / "cpa-image",
            data=self.home / "data",
            cache=self.home / "cache",
            pictures=self.home / "Pictures" / "cpa-image",
        )
        return Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            home=self.home,
            working_directory=self.home / "work",
            directories=lambda: directories,
        )

    def settings(self, flags: Mapping[str, object] | None = None, *, thorough: bool = False) -> Settings:
        return resolve_settings(flags or {}, self.around(), thorough=thorough)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def states(resolved: Resolved) -> dict[str, State]:  # type: ignore[type-arg]
    return {candidate.source: candidate.state for candidate in resolved.candidates}


def warned(settings: Settings) -> list[str]:
    return [notice.code for notice in settings.warnings]


def test_a_bare_machine_has_defaults_and_neither_gateway_nor_key(machine: Machine) -> None:
    settings = machine.settings()

    assert {name: resolved.value for name, resolved in settings.rows()} == {
        "base_url": None,
        "api_key": None,
        "model": "gpt-5.4",
        "format": "png",
        "size": None,
        "quality": None,
        "complexity": None,
        "background": None,
        "output_compression": None,
        "moderation": None,
        "partial_images": None,
        "image_model": None,
        "action": None,
        "input_fidelity": None,
        "instructions": "you are a helpful assistant",
        "stream": False,
        "fetch_url": False,
        "retries": 4,
        "timeout": 600.0,
        "max_wait": 60.0,
        "retry_unknown": False,
        "output_dir": machine.home / "Pictures" / "cpa-image",
        "name_template": None,
        "if_exists": "error",
        "preview": "auto",
        "provenance": "history",
        "prices": None,
        "ledger": machine.home / "data" / "history.sqlite3",
        "requests_per_hour": None,
        "requests_per_day": None,
        "max_requests": None,
        "ask_anyway": False,
        "user_agent": DEFAULT_USER_AGENT,
        "version": "0.122.0",
        "originator": "codex_cli_rs",
        "session_id": "test-session",
        "profile": None,
    }
    assert settings.user_agent.value.startswith("codex_cli_rs/0.122.0 ")
    assert (settings.warnings, settings.notes, settings.headers) == ((), (), ())
    assert not settings.session_is_users


@pytest.mark.parametrize("name", ["IMAGE_GEN_BASE_URL", "OTCBOT_BASE_URL", "CPA_BASE_URL", "OPENAI_BASE_URL"])
def test_each_variable_gives_the_base_url(machine: Machine, name: str) -> None:
    machine.environ[name] = f" {URL} "

    base_url = machine.settings().base_url

    assert (base_url.value, base_url.source, base_url.origin) == (URL, name, Origin.ENVIRONMENT)


@pytest.mark.parametrize("name", ["IMAGE_GEN_KEY", "OTCBOT_API_KEY", "CPA_API_KEY", "OPENAI_API_KEY"])
def test_each_variable_gives_the_key(machine: Machine, name: str) -> None:
    machine.environ[name] = "sk-fake-0123456789\r\n"

    api_key = machine.settings().api_key

    assert (api_key.value, api_key.source, api_key.shown) == (Secret("sk-fake-0123456789"), name, "sk-…6789")


@pytest.mark.parametrize("name", ["IMAGE_GEN_MODEL", "OTCBOT_IMAGE_MODEL", "CPA_MODEL"])
def test_each_variable_gives_the_model(machine: Machine, name: str) -> None:
    machine.environ[name] = "gpt-5.6"

    assert machine.settings().model.value == "gpt-5.6"


def test_every_source_gives_way_to_the_one_before_it(machine: Machine) -> None:
    machine.openclaw()
    assert machine.settings().base_url.value == "http://127.0.0.1:38417/api"
    assert machine.settings().base_url.source == "OpenClaw (~/.openclaw/openclaw.json)"

    machine.config('base_url = "https://config.example"')
    assert machine.settings().base_url.value == "https://config.example"

    for name in ("OPENAI_BASE_URL", "CPA_BASE_URL", "OTCBOT_BASE_URL", "IMAGE_GEN_BASE_URL"):
        machine.environ[name] = f"https://{name.lower().replace('_', '-')}.example"
        assert machine.settings().base_url.source == name

    assert machine.settings({"base_url": "https://flag.example"}).base_url.value == "https://flag.example"


def test_empty_variables_count_as_unset_and_are_said_to_be_empty(machine: Machine) -> None:
    machine.environ |= {"IMAGE_GEN_BASE_URL": "", "OTCBOT_BASE_URL": "  ", "CPA_BASE_URL": URL}

    assert machine.settings().base_url.candidates[:5] == (
        Candidate(source="--base-url", state=State.UNSET),
        Candidate(source="IMAGE_GEN_BASE_URL", state=State.EMPTY),
        Candidate(source="OTCBOT_BASE_URL", state=State.EMPTY),
        Candidate(source="CPA_BASE_URL", state=State.SET, shown=URL),
        Candidate(source="OPENAI_BASE_URL", state=State.UNSET),
    )


def test_the_empty_key_of_our_own_variable_means_send_none(machine: Machine) -> None:
    machine.environ |= {"IMAGE_GEN_KEY": "", "OPENAI_API_KEY": "sk-fake-1", "IMAGE_GEN_BASE_URL": URL}

    settings = machine.settings()

    assert settings.require_key() is None
    assert settings.api_key.candidates[0] == Candidate(source="IMAGE_GEN_KEY", state=State.SET, note="none is sent")
    assert settings.warnings == ()


@pytest.mark.parametrize("name", ["OTCBOT_API_KEY", "CPA_API_KEY", "OPENAI_API_KEY"])
def test_any_other_empty_key_counts_as_unset(machine: Machine, name: str) -> None:
    machine.environ[name] = ""

    with pytest.raises(ConfigError) as caught:
        machine.settings().require_key()

    assert caught.value.code is Code.KEY_MISSING


def test_an_empty_version_leaves_the_header_out(machine: Machine) -> None:
    machine.environ |= {"CPA_VERSION": "", "CPA_USER_AGENT": "", "CPA_ORIGINATOR": ""}

    settings = machine.settings()

    assert settings.version.value == ""
    assert settings.version.source == "CPA_VERSION"
    assert (settings.user_agent.origin, settings.originator.origin) == (Origin.DEFAULT, Origin.DEFAULT)


@pytest.mark.parametrize("name", ["CPA_USER_AGENT", "CPA_VERSION", "CPA_ORIGINATOR", "CPA_SESSION_ID"])
def test_a_variable_that_no_header_can_carry_is_refused(machine: Machine, name: str) -> None:
    machine.environ[name] = "松鼠"

    with pytest.raises(ConfigError, match=f"the variable {name} is '松鼠': must be printable ASCII"):
        machine.settings()


@pytest.mark.parametrize(("flags", "environ"), [({"session_id": "mine"}, {}), ({}, {"CPA_SESSION_ID": "mine"})])
def test_a_session_id_somebody_gave_is_theirs(
    machine: Machine, flags: dict[str, object], environ: dict[str, str]
) -> None:
    machine.environ |= environ

    settings = machine.settings(flags)

    assert (settings.session_id.value, settings.session_is_users) == ("mine", True)


def test_a_malformed_base_url_is_refused_when_it_is_needed(machine: Machine) -> None:
    machine.environ["CPA_BASE_URL"] = "gate.example"

    settings = machine.settings()

    assert states(settings.base_url)["CPA_BASE_URL"] is State.UNRESOLVED
    with pytest.raises(ConfigError) as caught:
        settings.require_base_url()
    assert caught.value.code is Code.BASE_URL_INVALID


def test_a_malformed_key_is_refused_and_not_repeated(machine: Machine) -> None:
    machine.environ["CPA_API_KEY"] = "sk-fake-0123456789 sk-fake-other"

    with pytest.raises(ConfigError) as caught:
        machine.settings().require_key()

    assert caught.value.message.startswith("the key in the variable CPA_API_KEY holds a space")


def test_openclaw_is_not_read_when_nothing_is_missing(machine: Machine) -> None:
    machine.openclaw()
    machine.environ |= {"IMAGE_GEN_BASE_URL": URL, "IMAGE_GEN_KEY": "sk-fake-1", "IMAGE_GEN_MODEL": "gpt-5.4"}

    settings = machine.settings()

    assert settings.openclaw_files == ()
    assert states(settings.base_url)["OpenClaw"] is State.NOT_ASKED
    assert states(settings.api_key)["OpenClaw"] is State.NOT_ASKED


def test_a_thorough_look_reads_openclaw_too(machine: Machine) -> None:
    machine.openclaw()
    machine.environ |= {"IMAGE_GEN_BASE_URL": URL, "IMAGE_GEN_KEY": "sk-fake-1", "IMAGE_GEN_MODEL": "gpt-5.4"}

    settings = machine.settings(thorough=True)

    assert settings.api_key.candidates[-1] == Candidate(
        source="OpenClaw (~/.openclaw/openclaw.json)", state=State.SHADOWED, shown="sk-…6789"
    )


def test_openclaw_alone_configures_everything(machine: Machine) -> None:
    machine.openclaw()

    settings = machine.settings()

    assert settings.require_key() == Secret("sk-fake-claw-0123456789")
    assert settings.responses_url() == "http://127.0.0.1:38417/api/responses"
    assert settings.model.value == "gpt-5.5"
    assert settings.warnings == ()


def test_openclaws_headers_go_with_its_base_url_only(machine: Machine) -> None:
    machine.config('[headers]\nx-tenant = "mine"')
    headers = '{"X-Tenant": "acme", "X-Other": "o", "X-Gone": "secretref-env:GONE"}'
    machine.openclaw(
        f'{{models: {{providers: {{otcbot: {{baseUrl: "{URL}", apiKey: "sk-fake-1", headers: {headers}}}}}}}}}'
    )

    theirs = machine.settings()
    ours = machine.settings({"base_url": URL})

    assert [(header.name, header.value) for header in theirs.headers] == [
        ("x-tenant", Secret("mine")),
        ("X-Other", Secret("o")),
    ]
    assert warned(theirs) == ["openclaw_header_left_out"]
    assert [header.name for header in ours.headers] == ["x-tenant"]
    assert warned(ours) == []


def test_an_unresolved_key_of_openclaw_says_what_to_set(machine: Machine) -> None:
    machine.openclaw(OPENCLAW.replace("sk-fake-claw-0123456789", "OTCBOT_KEY_2"))

    settings = machine.settings()

    with pytest.raises(ConfigError) as caught:
        settings.require_key()
    assert caught.value.code is Code.KEY_MISSING
    assert caught.value.message == (
        "the key of OpenClaw (~/.openclaw/openclaw.json) cannot be used: "
        "it stands for the variable OTCBOT_KEY_2, which is not set"
    )
    assert caught.value.hint == "Set OTCBOT_KEY_2 or IMAGE_GEN_KEY to the key."


def test_an_unresolved_base_url_of_openclaw_says_what_to_set(machine: Machine) -> None:
    machine.openclaw(OPENCLAW.replace("http://127.0.0.1:38417/api", "${GATEWAY}"))

    with pytest.raises(ConfigError) as caught:
        machine.settings().require_base_url()

    assert caught.value.code is Code.BASE_URL_MISSING
    assert caught.value.hint == "Set GATEWAY or IMAGE_GEN_BASE_URL to the base URL."


def test_an_openai_key_to_openclaws_host_is_warned_of(machine: Machine) -> None:
    machine.openclaw()
    machine.environ["OPENAI_API_KEY"] = "sk-fake-openai"

    (warning,) = machine.settings().warnings

    assert warning.message == (
        "the key from OPENAI_API_KEY goes to 127.0.0.1, which was configured by OpenClaw (~/.openclaw/openclaw.json)"
    )


def test_the_variable_that_openclaw_itself_names_gives_no_warning(machine: Machine) -> None:
    machine.openclaw(OPENCLAW.replace("sk-fake-claw-0123456789", "${OTCBOT_API_KEY}"))
    machine.environ["OTCBOT_API_KEY"] = "sk-fake-otc"

    assert warned(machine.settings()) == []


def test_remarks_on_openclaws_files_are_warnings_only_when_they_matter(machine: Machine) -> None:
    machine.openclaw("{")
    machine.environ |= {"IMAGE_GEN_BASE_URL": URL, "IMAGE_GEN_KEY": "sk-fake-1"}

    settings = machine.settings()

    assert warned(settings) == []
    assert [note.code for note in settings.notes] == ["openclaw_unreadable"]


def test_a_plain_http_gateway_in_public_is_warned_of(machine: Machine) -> None:
    machine.environ |= {"CPA_BASE_URL": "http://gate.example", "CPA_API_KEY": "sk-fake-1"}

    assert warned(machine.settings()) == ["plain_http"]


def test_the_config_file_gives_every_kind_of_value(machine: Machine) -> None:
    machine.config(
        'format = "JPG"\nstream = true\nretries = 0\ntimeout = 30\nmax_wait = 0.5\noutput_dir = "~/图片"\n'
        'size = "1024x1536"\noutput_compression = 80\ninstructions = ""\nif_exists = "number"\n'
    )

    settings = machine.settings()

    assert (settings.output_format.value, settings.output_format.source) == ("jpeg", "config file: format")
    assert (settings.stream.value, settings.retries.value) == (True, 0)
    assert (settings.timeout.value, settings.max_wait.value) == (30.0, 0.5)
    assert settings.output_dir.value == machine.home / "图片"
    assert settings.image["output_compression"].value == "80"
    assert settings.image_options().as_tool() == {
        "type": "image_generation",
        "output_format": "jpeg",
        "size": "1024x1536",
        "output_compression": 80,
    }
    assert (settings.instructions.value, settings.if_exists.value) == ("", "number")


@pytest.mark.parametrize(
    ("text", "folder"),
    [("out", "work/out"), ("~", "."), ("/srv/pictures", "/srv/pictures"), ("$HOME/a", "a"), ("${HOME}/a", "a")],
)
def test_an_output_directory_is_absolute(machine: Machine, text: str, folder: str) -> None:
    machine.config(f'output_dir = "{text}"')

    assert machine.settings().output_dir.value == machine.home / folder


def test_flags_go_before_the_config_file_even_when_they_say_no(machine: Machine) -> None:
    machine.config("stream = true\nretries = 9")

    settings = machine.settings({"stream": False, "retries": 0})

    assert (settings.stream.value, settings.stream.source) == (False, "--stream")
    assert (settings.retries.value, settings.retries.shown) == (0, "0")


PROFILES = """
default_profile = "home"
[profiles.home]
model = "gpt-home"
[profiles.work]
model = "gpt-work"
"""


def test_the_profile_is_chosen_by_flag_variable_or_the_file_itself(machine: Machine) -> None:
    machine.config(PROFILES)
    assert machine.settings().model.value == "gpt-home"
    assert machine.settings().profile.source == "config file: default_profile"

    machine.environ["CPA_IMAGE_PROFILE"] = "work"
    assert machine.settings().model.value == "gpt-work"
    assert machine.settings().model.source == "config file [profiles.work]: model"

    assert machine.settings({"profile": "home"}).model.value == "gpt-home"


def test_an_unknown_profile_is_refused(machine: Machine) -> None:
    with pytest.raises(ConfigError, match="there is no profile 'work'"):
        machine.settings({"profile": "work"})


def test_the_named_variable_of_the_config_file_gives_the_key(machine: Machine) -> None:
    machine.config('api_key_env = "WORK_KEY"')
    machine.environ["WORK_KEY"] = "sk-fake-work"

    api_key = machine.settings().api_key

    assert (api_key.value, api_key.source) == (Secret("sk-fake-work"), "config file: api_key_env")
    assert api_key.candidates[4].note == "the variable WORK_KEY"


@pytest.mark.parametrize("environ", [{}, {"WORK_KEY": ""}])
def test_a_named_variable_that_is_not_set_is_said_and_no_other_key_taken(
    machine: Machine, environ: dict[str, str]
) -> None:
    machine.config('api_key_env = "WORK_KEY"')
    machine.openclaw()
    machine.environ |= environ

    with pytest.raises(ConfigError) as caught:
        machine.settings().require_key()

    assert caught.value.message == "the config file: api_key_env names the variable WORK_KEY, which is not set"
    assert caught.value.hint == "Set WORK_KEY to the key."


def test_a_named_variable_that_holds_no_key_is_said(machine: Machine) -> None:
    machine.config('api_key_env = "WORK_KEY"')
    machine.environ["WORK_KEY"] = "two words"

    with pytest.raises(ConfigError, match="the key in the variable WORK_KEY holds a space"):
        machine.settings().require_key()


def command(program: str) -> str:
    return f"api_key_command = '''{shlex.join([sys.executable, '-c', program])}'''"


def test_the_key_command_gives_the_key(machine: Machine) -> None:
    machine.config(command("print('sk-fake-0123456789')"))

    api_key = machine.settings().api_key

    assert (api_key.value, api_key.shown) == (Secret("sk-fake-0123456789"), "sk-…6789")
    assert api_key.source == "config file: api_key_command"


def leaves_a_trace(home: Path) -> Callable[[], bool]:
    return (home / "ran").exists


def test_the_key_command_is_not_run_when_another_key_is_set_even_in_a_thorough_look(machine: Machine) -> None:
    machine.config(command(f"open({str(machine.home / 'ran')!r}, 'w'); print('sk-fake-1')"))
    machine.environ["IMAGE_GEN_KEY"] = "sk-fake-2"
    ran = leaves_a_trace(machine.home)

    settings = machine.settings(thorough=True)

    assert not ran()
    assert settings.api_key.candidates[5] == Candidate(
        source="config file: api_key_command",
        state=State.SHADOWED,
        # In a checkout whose path is long it is cut.
        shown=f"output of {one_line(sys.executable, limit=40)}",
        note="not run",
    )


def test_the_key_command_is_not_run_when_it_must_not_be(machine: Machine) -> None:
    machine.config(command(f"open({str(machine.home / 'ran')!r}, 'w'); print('sk-fake-1')"))
    ran = leaves_a_trace(machine.home)

    settings = resolve_settings({}, machine.around(), run_key_command=False)

    assert not ran()
    assert settings.sends_key
    with pytest.raises(ConfigError, match="was not run"):
        settings.require_key()


def test_a_failing_key_command_is_said_when_the_key_is_needed(machine: Machine) -> None:
    machine.config(command("raise SystemExit('vault is locked')"))
    machine.openclaw()

    settings = machine.settings()

    with pytest.raises(ConfigError, match="vault is locked") as caught:
        settings.require_key()
    assert caught.value.code is Code.KEY_COMMAND_FAILED


@pytest.mark.parametrize(
    ("flags", "expected", "source"),
    [
        ({"output": "a.png"}, "png", "-o *.png"),
        ({"output": "a.JPG"}, "jpeg", "-o *.jpg"),
        ({"output": "图/a.b.webp"}, "webp", "-o *.webp"),
        ({"output": "a.jpeg", "format": "jpg"}, "jpeg", "--format"),
        ({"format": "WEBP"}, "webp", "--format"),
        ({"output": "pic"}, "webp", "IMAGE_GEN_OUTPUT_FORMAT"),
        ({"output": ".png"}, "webp", "IMAGE_GEN_OUTPUT_FORMAT"),
        ({"output": "-"}, "webp", "IMAGE_GEN_OUTPUT_FORMAT"),
        ({"output": "dir.gif/"}, "webp", "IMAGE_GEN_OUTPUT_FORMAT"),
        ({"output": "folder.v2"}, "webp", "IMAGE_GEN_OUTPUT_FORMAT"),
    ],
)
def test_the_format_comes_from_flag_extension_or_variable(
    machine: Machine, flags: dict[str, object], expected: str, source: str
) -> None:
    (machine.home / "work" / "folder.v2").mkdir(parents=True)
    machine.environ["IMAGE_GEN_OUTPUT_FORMAT"] = "webp"
    machine.config('format = "png"')

    chosen = machine.settings(flags).output_format

    assert (chosen.value, chosen.source) == (expected, source)


def test_a_format_that_contradicts_the_extension_is_a_usage_error(machine: Machine) -> None:
    with pytest.raises(UsageError, match=r"--format png contradicts the extension \.jpg of -o"):
        machine.settings({"format": "png", "output": "a.jpg"})


def test_an_extension_goes_before_the_variable_without_a_word(machine: Machine) -> None:
    machine.environ["IMAGE_GEN_OUTPUT_FORMAT"] = "webp"

    assert machine.settings({"output": "a.png"}).output_format.value == "png"


@pytest.mark.parametrize("output", ["a.psd", "a.PNGX", "a.jp2", "a.7z7z", "松鼠.tiff", f"{'a' * 300}.bmp"])
def test_an_extension_that_cannot_be_written_is_a_usage_error(machine: Machine, output: str) -> None:
    (machine.home / "work").mkdir()

    with pytest.raises(UsageError) as caught:
        machine.settings({"output": output})

    assert "is no format that can be written" in caught.value.message
    assert caught.value.hint == "Use one of .png, .jpg, .jpeg, .webp, .gif, .avif, .svg, or no extension at all."


@pytest.mark.parametrize(
    "output", ["poster.v1.2", "v1.2", "poster.v2", "No.5 final", "松鼠.日本", "a.", "a.x", "a.h264x5", "a.of dogs"]
)
def test_what_does_not_look_like_an_extension_belongs_to_the_name(machine: Machine, output: str) -> None:
    (machine.home / "work").mkdir()

    assert machine.settings({"output": output}).output_format.origin is Origin.DEFAULT


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"format": "bmp"}, "--format 'bmp': expected one of png, jpeg, webp, gif, avif, svg"),
        ({"retries": -1}, "--retries '-1': expected a whole number from 0 to 100"),
        ({"timeout": 0.0}, "--timeout '0.0': expected seconds, from 0.1 to 86400"),
        ({"max_wait": float("nan")}, "--max-wait 'nan': expected seconds, from 0 to 86400"),
        ({"size": "10x"}, "--size '10x': expected WIDTHxHEIGHT, such as 1024x1536, or auto"),
        ({"model": "gpt 5"}, "--model 'gpt 5': expected one word, such as gpt-5.4"),
        ({"model": ""}, "--model is empty"),
        ({"base_url": " "}, "--base-url is empty"),
        ({"session_id": "a\nb"}, "--session-id 'a b': must be printable ASCII, without line breaks"),
        ({"if_exists": "ask"}, "--if-exists 'ask': expected one of error, overwrite, number"),
        ({"preview": "no"}, "--preview 'no': expected one of auto, always, never"),
    ],
)
def test_a_wrong_flag_is_a_usage_error(machine: Machine, flags: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        machine.settings(flags)

    assert caught.value.message == message


def test_a_wrong_variable_is_refused_unless_only_shown(machine: Machine) -> None:
    machine.environ["IMAGE_GEN_OUTPUT_FORMAT"] = "bmp"

    with pytest.raises(ConfigError, match="the variable IMAGE_GEN_OUTPUT_FORMAT is 'bmp': expected one of"):
        machine.settings()

    shown = machine.settings(thorough=True).output_format
    assert (shown.value, states(shown)["IMAGE_GEN_OUTPUT_FORMAT"]) == ("png", State.UNRESOLVED)


def test_looking_imports_nothing_heavy(machine: Machine) -> None:
    program = (
        "import sys; from cpa_image_cli.process.surroundings import Surroundings; "
        "from cpa_image_cli.settings import resolve_settings; "
        "resolve_settings({'model': 'm', 'base_url': 'https://gate.example'}, Surroundings.of_process()); "
        "print([m for m in ('httpx','ssl','sqlite3','PIL','pyjson5','rich','tomllib','subprocess') "
        "if m in sys.modules])"
    )
    environ = {"HOME": str(machine.home), "IMAGE_GEN_KEY": "sk-fake-1", "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
