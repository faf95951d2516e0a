"""``config init``: asks a few questions, tries the answers, and writes them to the config file."""

from collections.abc import Mapping
from typing import Annotated

import typer

from cpa_image_cli.adapters import config_file
from cpa_image_cli.adapters.config_file import ConfigFile
from cpa_image_cli.commands.config.init_answers import Answers, changes, filled_in, table_in
from cpa_image_cli.commands.config.key_words import option_of, place_of, printed, table_of
from cpa_image_cli.commands.config.precedence import what_goes_before
from cpa_image_cli.commands.dialogue.questions import can_ask, confirmed, say
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.findings import exit_status
from cpa_image_cli.core.gateway.endpoint import checked_base_url, is_endpoint, responses_url, shown_url
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.pictures.formats import METAVAR
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.process.surroundings import Surroundings


@told(
    Manual(
        examples=(
            Example("cpa-image config init", "answer a few questions"),
            Example("cpa-image config init --base-url https://gateway.example/v1 --yes --no-test", "ask nothing"),
            Example(
                "cpa-image config init --profile work --base-url https://images.work.example/v1 "
                "--api-key-env WORK_KEY --yes --no-test",
                "a second gateway, used with --profile work",
            ),
        ),
        statuses=(
            ExitStatus.OK,
            ExitStatus.USAGE,
            ExitStatus.CONFIG,
            ExitStatus.AUTH,
            ExitStatus.GATEWAY,
            ExitStatus.INTERRUPTED,
        ),
        variables=GATEWAY_VARIABLES,
        defaults={"--model": "", "--format": ""},
    )
)
def init(
    ctx: typer.Context,
    *,
    base_url: Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the gateway.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="Text model that is asked.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option("--api-key-env", metavar="NAME", help="Variable that holds the API key.")
    ] = None,
    api_key_command: Annotated[
        str | None, typer.Option("--api-key-command", metavar="COMMAND", help="Program that prints the API key.")
    ] = None,
    no_key: Annotated[bool, typer.Option("--no-key", help="The gateway takes requests without a key.")] = False,
    picture_format: Annotated[str | None, typer.Option("--format", metavar=METAVAR, help="File format.")] = None,
    output_dir: Annotated[
        str | None, typer.Option("--output-dir", metavar="FOLDER", help="Where pictures go without -o.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="PROFILE", help="Write to this profile, a new one too.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; for scripts.")] = False,
    no_test: Annotated[bool, typer.Option("--no-test", help="Do not ask the gateway whether it works.")] = False,
) -> None:
    """
    Set up the config file: a few questions, a free test of the gateway, and nothing else in the file changes.

    What is given by an option is not asked. The key itself is never written: the file says which variable holds it, or
    which program prints it.
    """
    around: Surroundings = ctx.obj
    if sum((api_key_env is not None, api_key_command is not None, no_key)) > 1:
        raise UsageError("--api-key-env, --api-key-command and --no-key contradict each other")
    given = Answers(
        base_url=base_url,
        api_key_env=api_key_env,
        api_key_command=api_key_command,
        has_no_key=no_key,
        model=model,
        format=picture_format,
        output_dir=output_dir,
        profile=profile,
    )
    if not yes and not can_ask(around):
        raise UsageError(
            "nobody is there to answer the questions: this is no terminal",
            hint="Give the answers as options, with --yes: cpa-image config init --base-url URL --yes",
        )
    raise typer.Exit(_set_up(given, around, is_asking=not yes, is_testing=not no_test))


def _set_up(given: Answers, around: Surroundings, *, is_asking: bool, is_testing: bool) -> ExitStatus:
    from cpa_image_cli.adapters.config_file.writing import change, text_at
    from cpa_image_cli.commands.config.init_questions import asked

    path = around.directories().config_file
    file = config_file.read(path)
    settings = _settings_now(given, file, around)
    answers = asked(given, settings, around) if is_asking else given
    if answers.base_url is None:
        settings.require_base_url()
    values = changes(answers, settings, file)
    say(_where_it_asks(answers, settings), around)

    def edit(text: str) -> str:
        return filled_in(text, values, profile=answers.profile, path=path)

    status = _tested(edit(text_at(path)), answers, settings, around) if is_testing else ExitStatus.OK
    if status is not ExitStatus.OK and not (is_asking and confirmed("Write it all the same?", around, default=False)):
        hint = "" if is_asking else " --no-test writes without asking the gateway."
        say(f"Nothing was written.{hint}", around)
        return status
    if not values and file.exists:
        say(f"{path} says all of this already.", around)
    elif not is_asking or not file.exists or _may_change(values, answers, file, around):
        change(path, edit)
        _tell_what_is_next(values, answers, around)
    else:
        say("Nothing was written.", around)
    return ExitStatus.OK


def _settings_now(given: Answers, file: ConfigFile, around: Surroundings) -> Settings:
    """Return what holds now, in the profile that is meant if it is there already."""
    from cpa_image_cli.settings import resolve_settings

    table_of((), given.profile)
    profile = given.profile if given.profile in file.profiles else None
    return resolve_settings({"profile": profile}, around, thorough=True, run_key_command=False)


def _where_it_asks(answers: Answers, settings: Settings) -> str:
    """Say which address is made of the base URL, and how to name another."""
    is_new = answers.base_url is not None and answers.base_url != settings.base_url.value
    base_url = checked_base_url(answers.base_url or "") if is_new else settings.require_base_url()
    url = responses_url(base_url, as_openclaw=settings.is_openclaws and not is_new)
    way_out = "" if is_endpoint(base_url) else " A base URL that ends in `/responses` is taken as the whole address."
    return f"Pictures are asked for by POST {shown_url(url)}.{way_out}"


def _tested(text: str, answers: Answers, settings: Settings, around: Surroundings) -> ExitStatus:
    """Tell what the gateway says to *text* as the config file, and return how bad it is."""
    if answers.api_key_env is not None and not around.environ.get(answers.api_key_env):
        say(f"The gateway was not tested: {answers.api_key_env} is not set.", around)
        return ExitStatus.OK
    from cpa_image_cli.commands.config.init_trial import show, tried

    say("Testing the gateway. Nothing is generated, and it costs nothing.", around)
    findings = tried(text, answers, settings, around)
    show(findings, around)
    return exit_status(findings)


def _may_change(values: Mapping[str, object], answers: Answers, file: ConfigFile, around: Surroundings) -> bool:
    """Show what would be set in *file*, which is there, and ask whether that is right."""
    own = table_in(file, answers.profile)
    say(f"{file.path} exists. To be set in it{place_of(answers.profile)}; the rest stays:", around)
    for key, value in values.items():
        (shown,) = printed((key,), value)
        was = f"   (was {printed((key,), own[key])[0]})" if key in own else ""
        say(f"{key} = {shown}{was}", around, indent=2)
    return confirmed("Change it?", around, default=True)


def _tell_what_is_next(values: Mapping[str, object], answers: Answers, around: Surroundings) -> None:
    path = around.directories().config_file
    say(f"Wrote {path}{place_of(answers.profile)}.", around)
    for line in what_goes_before(values, profile=answers.profile, around=around):
        say(line, around)
    if answers.has_no_key and around.environ.get("IMAGE_GEN_KEY") != "":
        say('Set IMAGE_GEN_KEY="" (set, but empty): that says that no key is to be sent.', around)
    elif answers.api_key_env is not None and not around.environ.get(answers.api_key_env):
        say(f"Set {answers.api_key_env} to the key.", around)
    is_default = config_file.read(path).default_profile == answers.profile
    option = "" if is_default else option_of(answers.profile)
    say(f'Try it: cpa-image generate "一只松鼠"{option}', around)
