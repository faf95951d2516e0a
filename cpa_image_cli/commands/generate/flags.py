"""Every flag of ``generate``, declared once. ``rerun`` and the documentation check read the same declarations."""

from dataclasses import field
from pathlib import Path
from typing import Annotated

import typer

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.order import PLAYED, Order
from cpa_image_cli.core.job.side_by_side import USUAL
from cpa_image_cli.core.pictures.file_names import DEFAULT_TEMPLATE, FIELDS
from cpa_image_cli.core.pictures.formats import METAVAR
from cpa_image_cli.core.pictures.inputs import MAX_EDGE, MAX_UPLOAD, Handling, Preparation

_PROMPT = "Prompt"
_SENT = "Pictures that are sent"
_WHERE = "Gateway"
_PATIENCE = "Retries and time"
_OUTPUT = "Output"
_TRYING = "Trying it out"

DEFAULTS_OF_GENERATE = {
    "--output": "a name made of the prompt, in your pictures folder",
    "--name-template": DEFAULT_TEMPLATE,
    "--scenario": "ok",
    "--count": "1",
    "--jobs": str(USUAL),
    "--max-edge": str(MAX_EDGE),
    "--max-upload": str(MAX_UPLOAD),
}
"""What holds where no table of settings says so."""

_TIME = (
    "A picture takes 25 to 150 s, and a run at worst --timeout times its attempts, and the waits between them. After a "
    "time-out (exit 8, code word `timeout`) a picture may have been made and billed, so it is not repeated by itself: "
    "look at the gateway's usage, then ask again with a longer --timeout, or with --stream, which keeps proxies from "
    "giving up."
)
TIME = (("Time", _TIME),)
"""What is to be known of how long a picture takes, for the help of every command that makes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateFlags:
    """
    What the command line of ``generate`` said; None where it said nothing.

    *image* holds the picture's parameters by the field names of `core.job.image_options.ImageOptions`.
    """

    argument: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROMPT]",
            help="What to draw, in quotes. In a pipe it may come from standard input.",
            show_default=False,
        ),
    ] = None
    prompt: Annotated[
        str | None,
        typer.Option("--prompt", metavar="TEXT", help="What to draw, as an option.", rich_help_panel=_PROMPT),
    ] = None
    prompt_file: Annotated[
        Path | None,
        typer.Option(
            "--prompt-file",
            metavar="PATH",
            help="Read the prompt from a file; - is standard input.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            "-n",
            metavar="1-100",
            help="How many pictures to make, each by a request of its own.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", metavar="1-32", help="How many run at a time.", rich_help_panel=_PROMPT),
    ] = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="File, folder/ for a name of its own in there, or - for standard output.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar=METAVAR,
            help="File format; without it, that of the extension of -o.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    if_exists: Annotated[
        str | None,
        typer.Option(
            "--if-exists",
            metavar="error|overwrite|number",
            help="If the file is there already: stop, replace it, or add a number to the name.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool, typer.Option("--force", "-f", help="Same as --if-exists overwrite.", rich_help_panel=_OUTPUT)
    ] = False
    name_template: Annotated[
        str | None,
        typer.Option(
            "--name-template",
            metavar="TEXT",
            help=f"How pictures are named without -o. Fields: {', '.join(f'{{{name}}}' for name in FIELDS)}.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    provenance: Annotated[
        str | None,
        typer.Option(
            "--provenance",
            metavar="history|sidecar|embed",
            help="Where what made the picture is written: your history alone, also a file beside it, or also into it.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    prices: Annotated[
        str | None,
        typer.Option(
            "--prices",
            metavar="PATH",
            help="Estimate what it cost at list prices: `openai`, or a table of yours.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    image: dict[str, str | None] = field(default_factory=dict)
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--image",
            "-i",
            metavar="PICTURE",
            help="Picture to send along, up to 16: a file, - for standard input, last, an id, an https address; "
            "ROLE=PICTURE says what it is for.",
            rich_help_panel=_SENT,
        ),
    ] = None
    mask: Annotated[
        str | None,
        typer.Option(
            "--mask",
            metavar="PICTURE",
            help="Change the first picture only where this is transparent; or white, if it is opaque.",
            rich_help_panel=_SENT,
        ),
    ] = None
    invert_mask: Annotated[bool, typer.Option("--invert-mask", help="Turn the mask around.", rich_help_panel=_SENT)] = (
        False
    )
    keep_outside: Annotated[
        bool,
        typer.Option(
            "--keep-outside",
            help="Put the original back outside the mask; what came stays as …-raw.",
            rich_help_panel=_SENT,
        ),
    ] = False
    mask_as_picture: Annotated[
        bool,
        typer.Option(
            "--mask-as-picture",
            help="For gateways without masks: mark the area in a copy, then as --keep-outside.",
            rich_help_panel=_SENT,
        ),
    ] = False
    max_edge: Annotated[
        int | None,
        typer.Option(
            "--max-edge", metavar="PIXELS", help="Scale pictures that are longer than this.", rich_help_panel=_SENT
        ),
    ] = None
    no_resize: Annotated[
        bool, typer.Option("--no-resize", help="Send pictures as large as they are.", rich_help_panel=_SENT)
    ] = False
    keep_metadata: Annotated[
        bool,
        typer.Option(
            "--keep-metadata",
            help="Send EXIF, XMP and comments too, with places and times.",
            rich_help_panel=_SENT,
        ),
    ] = False
    max_upload: Annotated[
        int | None,
        typer.Option("--max-upload", metavar="MIB", help="Size of a request, at most.", rich_help_panel=_SENT),
    ] = None
    with_history: Annotated[
        bool,
        typer.Option(
            "--with-history",
            help="Send what was asked for before too, if the picture is one of history.",
            rich_help_panel=_SENT,
        ),
    ] = False
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="MODEL",
            help="Text model that is asked; it draws with the image tool, a service of the gateway.",
            rich_help_panel=_WHERE,
        ),
    ] = None
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the gateway.", rich_help_panel=_WHERE)
    ] = None
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="PROFILE",
            help="Profile of the config file: a set of values under one name.",
            rich_help_panel=_WHERE,
        ),
    ] = None
    instructions: Annotated[
        str | None,
        typer.Option("--instructions", metavar="TEXT", help="Instructions to the text model.", rich_help_panel=_WHERE),
    ] = None
    session_id: Annotated[
        str | None,
        typer.Option(
            "--session-id",
            metavar="TEXT",
            help="Session id; if you choose it, retries keep it.",
            rich_help_panel=_WHERE,
        ),
    ] = None
    stream: Annotated[
        bool | None,
        typer.Option(
            "--stream/--no-stream",
            help="Ask for a stream of events: previews while it is drawn, and proxies do not give up.",
            rich_help_panel=_WHERE,
            show_default=False,
        ),
    ] = None
    fetch_url: Annotated[
        bool | None,
        typer.Option(
            "--fetch-url/--no-fetch-url",
            help="Fetch the picture, without the key, if the gateway sends its address instead.",
            rich_help_panel=_WHERE,
            show_default=False,
        ),
    ] = None
    allow_image_model: Annotated[
        bool,
        typer.Option(
            "--allow-image-model",
            help="Send even if --model names an image model, such as gpt-image-1.",
            rich_help_panel=_WHERE,
        ),
    ] = False
    retries: Annotated[
        int | None,
        typer.Option("--retries", metavar="NUMBER", help="Further attempts, at most.", rich_help_panel=_PATIENCE),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", help="Time of one attempt.", rich_help_panel=_PATIENCE),
    ] = None
    max_wait: Annotated[
        float | None,
        typer.Option(
            "--max-wait",
            metavar="SECONDS",
            help="Longest wait before a retry.",
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
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object in place of the path.", rich_help_panel=_OUTPUT)
    ] = False
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl", help="Print one JSON object per event; the last is that of --json.", rich_help_panel=_OUTPUT
        ),
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=_OUTPUT)] = (
        False
    )
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Say everything: each event, the gateway's headers, trace ids.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False
    preview: Annotated[
        str | None,
        typer.Option(
            "--preview",
            metavar="auto|always|never",
            help="Show the picture in the terminal: if it can, always, or never.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    opens: Annotated[bool, typer.Option("--open", help="Open it in the system's viewer.", rich_help_panel=_OUTPUT)] = (
        False
    )
    copies: Annotated[
        bool, typer.Option("--copy", help="Copy it, or its path, to the clipboard.", rich_help_panel=_OUTPUT)
    ] = False
    notifies: Annotated[
        bool, typer.Option("--notify", help="Tell the desktop when it is over, or ring.", rich_help_panel=_OUTPUT)
    ] = False
    no_history: Annotated[
        bool,
        typer.Option("--no-history", help="Keep no word of this run, only what it may cost.", rich_help_panel=_OUTPUT),
    ] = False
    ledger: Annotated[
        str | None,
        typer.Option("--ledger", metavar="FILE", help="Another ledger than the usual one.", rich_help_panel=_OUTPUT),
    ] = None
    max_requests: Annotated[
        int | None,
        typer.Option(
            "--max-requests",
            metavar="NUMBER",
            help="Requests that this command may send, retries included.",
            min=1,
            rich_help_panel=_PATIENCE,
        ),
    ] = None
    ask_anyway: Annotated[
        bool,
        typer.Option(
            "--ask-anyway", help="Ask even while a limit that another run met is on.", rich_help_panel=_PATIENCE
        ),
    ] = False
    detach: Annotated[
        bool,
        typer.Option(
            "--detach", help="Make it in the background: print the job's id at once.", rich_help_panel=_OUTPUT
        ),
    ] = False
    request_id: Annotated[
        str | None,
        typer.Option(
            "--request-id",
            metavar="TEXT",
            help="Ask once: the same id again brings the first picture.",
            rich_help_panel=_PATIENCE,
        ),
    ] = None
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
    def played(self) -> str | None:
        """The scenario that the gateway in the box is to play; None if the real gateway is to answer."""
        return self.scenario or (PLAYED if self.sandbox else None)

    def overrides(self) -> dict[str, object]:
        """Return what these flags say about settings, by setting name, as far as they say anything."""
        said = {
            **self.image,
            "format": self.output_format,
            "if_exists": "overwrite" if self.force else self.if_exists,
            "retry_unknown": self.retry_unknown or None,
            "ask_anyway": self.ask_anyway or None,
            **{name: getattr(self, name) for name in _SETTINGS},
        }
        return {name: value for name, value in said.items() if value is not None}

    def order(self, prompt: str) -> Order:
        """Return what these flags ask for, once it is known of which *prompt*."""
        return Order(
            prompt=prompt,
            count=1 if self.count is None else self.count,
            overrides=self.overrides(),
            destination=self.output,
            scenario=self.played,
            allow_image_model=self.allow_image_model,
            recorded=not self.no_history,
            request_id=self.request_id,
            inputs=tuple(self.inputs or ()),
            mask=self.mask,
            handling=self.handling(),
        )

    def handling(self) -> Handling:
        """Return how pictures are treated that are sent. Raises: UsageError."""
        if self.no_resize and self.max_edge is not None:
            raise UsageError("--no-resize and --max-edge contradict each other")
        for name, value in (("--max-edge", self.max_edge), ("--max-upload", self.max_upload)):
            if value is not None and value < 1:
                raise UsageError(f"{name} {value}: expected a whole number from 1 on")
        edge = None if self.no_resize else self.max_edge or MAX_EDGE
        return Handling(
            preparation=Preparation(max_edge=edge, keep_metadata=self.keep_metadata),
            max_upload=self.max_upload or MAX_UPLOAD,
            invert_mask=self.invert_mask,
            keep_outside=self.keep_outside,
            mask_as_picture=self.mask_as_picture,
            with_history=self.with_history,
        )


_SETTINGS = (
    "model",
    "base_url",
    "profile",
    "instructions",
    "session_id",
    "stream",
    "fetch_url",
    "retries",
    "timeout",
    "max_wait",
    "max_requests",
    "ledger",
    "name_template",
    "preview",
    "provenance",
    "prices",
)
"""Fields that are called like the setting they are about."""
