"""``cpa-image generate``: flags → a decided job → a run → the result and the exit status."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.flags import DEFAULTS_OF_GENERATE, TIME, GenerateFlags
from cpa_image_cli.commands.generate.prompt_source import prompt_of
from cpa_image_cli.commands.parsing.flags_as_command import command_taking
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN, told
from cpa_image_cli.core.errors import Code, CpaImageError, UsageError
from cpa_image_cli.core.job.image_models import check_text_model
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.settings.settings import DEFAULT_MODEL, Settings
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.core.wire.request import as_curl, shown_body
from cpa_image_cli.process.signals import Stopped, code_of
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.settings import resolve_settings

WATCHED_FRAMES = "2"
"""Preview frames that are asked for when somebody watches a stream on a terminal."""


def _generate(ctx: typer.Context, flags: GenerateFlags) -> None:
    """
    Generate a picture from a prompt.

    A text model is asked, over the gateway's /v1/responses, and draws with the image tool that the gateway offers it.
    What you leave out of the picture's size, quality and so on, the gateway decides. The picture's path is all that
    goes to standard output.
    """
    make(flags, ctx.obj)


generate = told(
    Manual(
        examples=(
            Example('cpa-image generate "a red squirrel in the snow"', "into your pictures folder"),
            Example(
                'cpa-image generate "画一只可爱的松鼠" -o squirrel.png --size 1536x1024 --quality high', "to a file"
            ),
            Example('cpa-image generate "a poster" --stream -o poster/', "watch it form; a name of its own in poster/"),
            Example("cpa-image generate --prompt-file prompt.txt -o - > poster.png", "from a file, to standard output"),
            Example('cpa-image generate "a cat" --json --quiet', "for a program: one JSON object and nothing else"),
        ),
        statuses=OF_A_RUN,
        variables=GATEWAY_VARIABLES,
        remarks=TIME,
        defaults=DEFAULTS_OF_GENERATE,
    )
)(command_taking(GenerateFlags, _generate))

Amend = Callable[[Job], Job]
"""Changes a job that settings and flags have decided, before it is shown or sent."""


def _as_decided(job: Job) -> Job:
    return job


def make(flags: GenerateFlags, around: Surroundings, *, amend: Amend = _as_decided) -> None:
    """
    Do what *flags* say, from the prompt to the result.

    Raises: CpaImageError for what keeps it from being sent; typer.Exit with the status of a run that failed.
    """
    try:
        _refuse_contradictions(flags, around)
        with sandboxed(flags, around) as around_gateway:
            _run(flags, around_gateway, amend)
    except (KeyboardInterrupt, Stopped) as stop:
        raise stopped_unsent(code_of(stop)) from None


def stopped_unsent(code: Code = Code.INTERRUPTED) -> CpaImageError:
    """Return what is said of a Ctrl-C or SIGTERM that came before there was a run."""
    return CpaImageError("stopped; nothing had been sent", code=code)


def _run(flags: GenerateFlags, around: Surroundings, amend: Amend) -> None:
    prompt = prompt_of(argument=flags.argument, option=flags.prompt, file=flags.prompt_file, around=around)
    settings = resolve_settings(flags.settings(), around, run_key_command=not flags.dry_run)
    if flags.dry_run:
        _print_request(amend(decided_job(prompt, settings, flags, watched=False)), settings, flags, around)
        return
    outcome = run_prompt(prompt, settings, flags, around, amend=amend)
    if outcome.trouble is not None:
        raise typer.Exit(int(outcome.trouble.code.exit_status))


def _print_request(job: Job, settings: Settings, flags: GenerateFlags, around: Surroundings) -> None:
    for notice in () if flags.quiet else job.notices:
        write_line(around.stderr, f"warning: {one_line(notice.message)}")
    write_line(around.stdout, json_text(shown_body(job), indent=2))
    write_line(around.stdout, "\n" + as_curl(job, sends_key=settings.api_key.origin is None or settings.sends_key))


def run_prompt(
    prompt: str, settings: Settings, flags: GenerateFlags, around: Surroundings, *, amend: Amend = _as_decided
) -> Outcome:
    """
    Run *prompt* as *settings* say, show it, and print its result.

    Raises: CpaImageError for what keeps it from being sent.
    """
    from cpa_image_cli.commands.generate.running import run_job
    from cpa_image_cli.commands.generate.screens import asks_for_frames

    job = amend(decided_job(prompt, settings, flags, watched=asks_for_frames(flags, settings, around)))
    return run_job(replace(job, key=settings.require_key()), settings, flags, around)


def decided_job(prompt: str, settings: Settings, flags: GenerateFlags, *, watched: bool) -> Job:
    """
    Return the job that *settings* make of *prompt*, still without its key.

    *watched* says that somebody would look at preview frames.
    Raises: UsageError for an image model in the place of the text model, ConfigError for what is missing.
    """
    if not flags.allow_image_model:
        check_text_model(settings.model.value, source=settings.model.source)
    options = settings.image_options()
    return Job(
        prompt=prompt,
        model=settings.model.value,
        options=_with_frames(options) if watched and settings.stream.value else options,
        url=settings.responses_url(),
        gateway="sandbox" if flags.is_sandboxed else settings.base_url.shown,
        identity=Identity(
            user_agent=settings.user_agent.value,
            version=settings.version.value,
            originator=settings.originator.value,
            session_id=settings.session_id.value,
            session_is_users=settings.session_is_users,
        ),
        key=None,
        instructions=settings.instructions.value,
        stream=settings.stream.value,
        extra_headers={header.name: header.value for header in settings.headers},
        model_source="--sandbox" if flags.is_sandboxed and flags.model is None else settings.model.source,
        gateway_source="--sandbox" if flags.is_sandboxed else settings.base_url.source,
        notices=() if flags.is_sandboxed else settings.warnings,
    )


def _with_frames(options: ImageOptions) -> ImageOptions:
    return options if options.partial_images is not None else replace(options, partial_images=WATCHED_FRAMES)


def _refuse_contradictions(flags: GenerateFlags, around: Surroundings) -> None:
    rules = (
        (flags.json and flags.jsonl, "--json and --jsonl contradict each other"),
        (flags.quiet and flags.verbose, "--quiet and --verbose contradict each other"),
        (flags.force and flags.if_exists not in {None, "overwrite"}, "--force and --if-exists contradict each other"),
        (flags.is_sandboxed and flags.base_url is not None, "--sandbox and --base-url contradict each other"),
        (
            flags.output == "-" and (flags.json or flags.jsonl),
            f"-o - and {'--json' if flags.json else '--jsonl'} both want standard output",
        ),
        (
            flags.output == "-" and not flags.dry_run and around.stdout.isatty(),
            "a picture's bytes would garble the terminal; redirect standard output, or name a file with -o",
        ),
        (flags.output == "", "-o is empty"),
    )
    for broken, sentence in rules:
        if broken:
            raise UsageError(sentence)


@contextlib.contextmanager
def sandboxed(flags: GenerateFlags, around: Surroundings) -> Iterator[Surroundings]:
    """Yield *around*; if the sandbox was asked for, with its address, key and model in place of the real ones."""
    if not flags.is_sandboxed:
        yield around
        return
    if flags.dry_run:
        # Nothing is sent, so nothing has to listen.
        yield _in_sandbox(around, base_url=UNSTARTED_SANDBOX, key="none-is-needed")
        return
    from cpa_image_cli.sandbox.scenarios import find
    from cpa_image_cli.sandbox.serving.gateway import Sandbox

    paced = around.stderr.isatty()
    with Sandbox(find(flags.scenario or "ok"), pace=SANDBOX_PACE if paced else 0.0) as sandbox:
        yield _in_sandbox(around, base_url=sandbox.base_url, key=sandbox.key)


def _in_sandbox(around: Surroundings, *, base_url: str, key: str) -> Surroundings:
    own = {"IMAGE_GEN_BASE_URL": base_url, "IMAGE_GEN_KEY": key, "IMAGE_GEN_MODEL": DEFAULT_MODEL}
    return replace(around, environ={**around.environ, **own})


UNSTARTED_SANDBOX = "http://sandbox.localhost"
"""The address that a dry run shows for a sandbox, which has none before it listens."""

SANDBOX_PACE = 4.0
"""Seconds that the sandbox takes to draw when a person watches, so that there is something to see."""
