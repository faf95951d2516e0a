"""The questions of ``config init``. Each has a default, mostly what holds now, so that Enter is an answer to all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.commands.config.init_answers import Answers
from cpa_image_cli.commands.dialogue.questions import answer, chosen, confirmed, say
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.gateway.base_url_mistakes import mistake_in
from cpa_image_cli.core.gateway.endpoint import checked_base_url, shown_url
from cpa_image_cli.core.job.image_models import is_image_model
from cpa_image_cli.core.pictures.formats import LISTED
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.process.surroundings import Surroundings

NO_PROFILE = "-"


def asked(given: Answers, settings: Settings, around: Surroundings) -> Answers:
    """
    Return *given* with an answer to whatever it does not say; *settings* are what holds now.

    Raises: typer.Abort when the input ends.
    """
    say("Enter takes the answer in brackets. Nothing is written before all is answered and tested.", around)
    answers = given
    if answers.base_url is None:
        answers = replace(answers, base_url=_base_url(settings, around))
    if not answers.tells_key:
        answers = _with_key(answers, settings, around)
    if answers.model is None:
        answers = replace(answers, model=answer("Model", around, default=settings.model.value, check=_check_model))
    if answers.format is None:
        default = settings.output_format.value
        answers = replace(
            answers, format=answer(f"Format ({LISTED})", around, default=default, check=_by_rule("format"))
        )
    if answers.output_dir is None:
        answers = replace(answers, output_dir=_output_dir(settings, around))
    if answers.profile is None:
        answers = replace(answers, profile=_profile(settings, around))
    return answers


def _by_rule(key: str) -> Callable[[str], str | None]:
    return KEYS[key].problem


def _base_url(settings: Settings, around: Surroundings) -> str:
    known = settings.base_url
    url = answer(
        "Base URL of the gateway",
        around,
        default=known.value or "",
        shown=known.shown,
        check=_check_base_url,
    )
    mistake = mistake_in(url)
    if mistake is None:
        return url
    problem, better = mistake
    use_better = confirmed(f"It {problem}. Use {shown_url(better)} instead?", around, default=True)
    return better if use_better else url


def _check_base_url(text: str) -> str | None:
    try:
        checked_base_url(text)
    except ConfigError as error:
        return f"{error.message}. {error.hint}" if text else "it is needed, such as https://gateway.example"
    return None


def _with_key(answers: Answers, settings: Settings, around: Surroundings) -> Answers:
    """Ask where the key is. The key itself is never asked for: it would end up on the screen or in the file."""
    known = settings.api_key
    ways: dict[str, Callable[[], Answers]] = {
        "in a variable": lambda: replace(answers, api_key_env=_variable(around)),
        "a program prints it, such as a password manager": lambda: replace(
            answers, api_key_command=answer("Command", around, check=_by_rule("api_key_command"))
        ),
        "the gateway takes requests without one": lambda: replace(answers, has_no_key=True),
    }
    if known.origin is not None:
        shown = f" ({known.shown})" if known.shown else ""
        ways = {f"where it is now: {known.source}{shown}": lambda: _as_now(answers, settings), **ways}
    return ways[chosen("Where is the API key?", tuple(ways), around)]()


def _as_now(answers: Answers, settings: Settings) -> Answers:
    """Leave the key where it comes from; a variable is named in the file."""
    known = settings.api_key
    if known.value is None and known.problem is None:
        return replace(answers, has_no_key=True)
    if known.origin is Origin.ENVIRONMENT:
        return replace(answers, api_key_env=known.source)
    return replace(answers, keeps_key=True)


def _variable(around: Surroundings) -> str:
    name = answer("Name of the variable", around, default="IMAGE_GEN_KEY", check=_by_rule("api_key_env"))
    if not around.environ.get(name):
        say(f"{name} is not set yet.", around, indent=2)
    return name


def _check_model(text: str) -> str | None:
    if is_image_model(text):
        return "that is an image model; a text model is asked, and it draws with the image tool"
    return _by_rule("model")(text)


def _output_dir(settings: Settings, around: Surroundings) -> str | None:
    """Return the folder as it was typed; None for Enter at what holds when nothing is set."""
    known = settings.output_dir
    is_home = known.value.is_relative_to(around.home)
    shown = f"~/{known.value.relative_to(around.home).as_posix()}" if is_home else str(known.value)
    typed = answer("Folder for pictures", around, default=shown, check=_check_folder, is_path=True)
    return None if typed == shown and known.origin is Origin.DEFAULT else typed


def _check_folder(text: str) -> str | None:
    if text == "~" or text.startswith("~/") or Path(text).is_absolute():
        return _by_rule("output_dir")(text)
    return "expected a whole path, such as ~/图片"


def _profile(settings: Settings, around: Surroundings) -> str | None:
    known = settings.profile.value
    question = "Profile, if you use several gateways"
    if known:
        question += f" ({NO_PROFILE} for none)"
    name = answer(question, around, default=known or NO_PROFILE, shown=known or "none", check=_check_profile)
    return None if name == NO_PROFILE else name


def _check_profile(text: str) -> str | None:
    return None if text.isprintable() else "expected a name"
