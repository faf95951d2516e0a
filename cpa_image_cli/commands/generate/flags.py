"""Every flag of ``generate``, declared once. ``rerun`` and the documentation check read the same declarations."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

_WHERE = "Gateway"
_PATIENCE = "Retries and time"
_OUTPUT = "Output"
_TRYING = "Trying it out"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateFlags:
    """
    What the command line of ``generate`` said; None where it said nothing.

    *image* holds the picture's parameters by the field names of `core.job.image_options.ImageOptions`.
    """

    argument: Annotated[str | None, typer.Argument(metavar="[PROMPT]", help="What to draw.", show_default=False)] = None
    prompt: Annotated[str | None, typer.Option("--prompt", help="What to draw.")] = None
    prompt_file: Annotated[
        Path | None, typer.Option("--prompt-file", help="Read the prompt from a file; - is standard input.")
    ] = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="PATH", help="File, folder/, or - for standard output.", rich_help_panel=_OUTPUT
        ),
    ] = None
    output_format: Annotated[
        str | None,
        typer.Option("--format", metavar="png|jpeg|webp", help="File format.", rich_help_panel=_OUTPUT),
    ] = None
    if_exists: Annotated[
        str | None,
        typer.Option(
            "--if-exists", metavar="error|overwrite|number", help="When the file exists.", rich_help_panel=_OUTPUT
        ),
    ] = None
    force: Annotated[
        bool, typer.Option("--force", "-f", help="Same as --if-exists overwrite.", rich_help_panel=_OUTPUT)
    ] = False
    name_template: Annotated[
        str | None,
        typer.Option("--name-template", help="How pictures are named without -o.", rich_help_panel=_OUTPUT),
    ] = None
    image: dict[str, str | None] = field(default_factory=dict)
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="MODEL", help="Text model that is asked.", rich_help_panel=_WHERE),
    ] = None
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Base URL of the gateway.", rich_help_panel=_WHERE)
    ] = None
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="PROFILE", help="Profile of the configuration file.", rich_help_panel=_WHERE),
    ] = None
    instructions: Annotated[
        str | None, typer.Option("--instructions", help="Instructions to the text model.", rich_help_panel=_WHERE)
    ] = None
    session_id: Annotated[
        str | None, typer.Option("--session-id", help="Session id; retries keep it.", rich_help_panel=_WHERE)
    ] = None
    stream: Annotated[
        bool | None,
        typer.Option(
            "--stream/--no-stream", help="Ask for a stream of events.", rich_help_panel=_WHERE, show_default=False
        ),
    ] = None
    allow_image_model: Annotated[
        bool,
        typer.Option("--allow-image-model", help="Send even if --model names an image model.", rich_help_panel=_WHERE),
    ] = False
    retries: Annotated[
        int | None,
        typer.Option("--retries", help="Further attempts, at most.  [default: 4]", rich_help_panel=_PATIENCE),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout", metavar="SECONDS", help="Time of one attempt.  [default: 600]", rich_help_panel=_PATIENCE
        ),
    ] = None
    max_wait: Annotated[
        float | None,
        typer.Option(
            "--max-wait",
            metavar="SECONDS",
            help="Longest wait before a retry.  [default: 60]",
            rich_help_panel=_PATIENCE,
        ),
    ] = None
    retry_unknown: Annotated[
        bool,
        typer.Option(
            "--retry-unknown",
            help="Repeat attempts that may already have cost a picture.",
            rich_help_panel=_PATIENCE,
        ),
    ] = False
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.", rich_help_panel=_OUTPUT)] = False
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON event per line.", rich_help_panel=_OUTPUT)] = (
        False
    )
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.", rich_help_panel=_OUTPUT)] = False
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Every event.", rich_help_panel=_OUTPUT)] = False
    preview: Annotated[
        str | None,
        typer.Option("--preview", metavar="auto|always|never", help="Show the picture here.", rich_help_panel=_OUTPUT),
    ] = None
    no_history: Annotated[
        bool, typer.Option("--no-history", help="Do not record this run.", rich_help_panel=_OUTPUT)
    ] = False
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print the request and its curl command; send nothing.", rich_help_panel=_TRYING
        ),
    ] = False
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Use a simulated gateway inside this command.", rich_help_panel=_TRYING)
    ] = False
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="SCENARIO",
            help="What the sandbox plays; implies --sandbox.",
            rich_help_panel=_TRYING,
        ),
    ] = None

    @property
    def is_sandboxed(self) -> bool:
        """Whether the simulated gateway is to answer."""
        return self.sandbox or self.scenario is not None

    def settings(self) -> dict[str, object]:
        """Return what these flags say about settings, by setting name."""
        return {
            **self.image,
            "format": self.output_format,
            "if_exists": "overwrite" if self.force else self.if_exists,
            "retry_unknown": self.retry_unknown or None,
            **{
                name: getattr(self, name)
                for name in (
                    "output",
                    "model",
                    "base_url",
                    "profile",
                    "instructions",
                    "session_id",
                    "stream",
                    "retries",
                    "timeout",
                    "max_wait",
                    "name_template",
                    "preview",
                )
            },
        }
