"""
The tools there are: what each takes, promises and does.

To add one, add a row to `TOOLS` and a method to `Toolbox`. No argument is an address, a key, a header, a model, a
profile or a command: an agent can be talked into things, and with a base URL of somebody's choice the key would go
there. What hosts are told of a tool's dangers is what is true of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import CpaImageError, UsageError
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.prompt import checked_prompt
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.core.pictures.safe_names import safe_name
from cpa_image_cli.mcp import answers, words
from cpa_image_cli.mcp.arguments import Argument, checked, schema_of
from cpa_image_cli.mcp.call import Call
from cpa_image_cli.mcp.inputs import Snapshots
from cpa_image_cli.mcp.messages import Message
from cpa_image_cli.mcp.outputs import output_schema
from cpa_image_cli.mcp.studio import Begun, Studio
from cpa_image_cli.mcp.waiting import LONGEST_WAIT, patience_of, waited

MOST_INPUTS = 16
MOST_LISTED = 50
LISTED = 5
LONGEST_REQUEST_ID = 200

OF_EDITS = frozenset({"input_fidelity"})
NOT_OFFERED = frozenset({"partial_images", "image_model", "action"})
"""Parameters of a picture that are no agent's choice: nobody sees the frames, and a model has its price."""


def _options(*, editing: bool) -> dict[str, Argument]:
    return {
        name: Argument(kind="integer" if flag.number else "string", help=flag.help, known=flag.known)
        for name, flag in image_options.flags()
        if name not in NOT_OFFERED and (editing or name not in OF_EDITS)
    }


PROMPT = Argument(kind="string", help="What to draw or to change, in any language, with all that matters.")
IMAGES = Argument(
    kind="array",
    help="Pictures to begin from, the first being the one that is changed: paths below the allowed folders, or jobs.",
    least=1,
    most=MOST_INPUTS,
)
MASK = Argument(kind="string", help="A picture that is transparent where the first one may change.")
JOB = Argument(kind="string", help="The job, as an earlier answer named it; `last` is the last one.")
WAIT: Mapping[str, Argument] = {
    "wait_seconds": Argument(
        kind="number", help="Seconds to wait before it answers that the job is running.", least=0, most=LONGEST_WAIT
    )
}
PLACE: Mapping[str, Argument] = {
    "name": Argument(
        kind="string",
        help="File name, or path below the pictures folder; without it, one is made of the prompt. The extension "
        "follows the format. An existing file is never overwritten.",
    ),
    "format": Argument(kind="string", help="File format.", known=tuple(FORMATS), is_closed=True),
}
ONCE: Mapping[str, Argument] = {
    "request_id": Argument(
        kind="string",
        help="A name of yours for this very picture: under it, it is made and paid for once, however often you ask.",
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """
    One tool. *promises* are the contracts that its structured answer is one of; none for one without.

    *makes* says that it costs money and writes a file: such a tool is not read-only, and reaches out of this computer.
    """

    name: str
    title: str
    about: str
    run: Callable[["Toolbox", Call, dict[str, Any]], Message]
    takes: Mapping[str, Argument] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    makes: bool = False

    def listed(self) -> Message:
        """Return what a client is told of it."""
        told: Message = {
            "name": self.name,
            "title": self.title,
            "description": self.about,
            "inputSchema": schema_of(self.takes, self.required),
            "annotations": {
                "title": self.title,
                "readOnlyHint": not self.makes,
                "destructiveHint": False,
                "idempotentHint": not self.makes,
                "openWorldHint": self.makes,
            },
        }
        return {**told, "outputSchema": output_schema(self.promises)} if self.promises else told


class Toolbox:
    """
    The tools at work in *studio*. *snapshots* are of pictures that are to be sent.

    *clock* is monotonic, in seconds; *as_error* makes an error of a bug, as a person is told of it.
    """

    def __init__(
        self,
        studio: Studio,
        *,
        snapshots: Snapshots,
        clock: Callable[[], float],
        as_error: Callable[[Exception], CpaImageError],
    ) -> None:
        self._studio = studio
        self._snapshots = snapshots
        self._clock = clock
        self._as_error = as_error

    def listed(self) -> Sequence[Message]:
        """Return every tool as a client is told of it."""
        return [tool.listed() for tool in TOOLS]

    def find(self, name: object) -> Callable[[Call], Message] | None:
        """Return what runs the tool called *name*; None if there is none."""
        tool = next((tool for tool in TOOLS if tool.name == name), None)
        return None if tool is None else lambda call: self._run(tool, call)

    def _run(self, tool: Tool, call: Call) -> Message:
        refuse = answers.refusal if "result" in tool.promises else answers.complaint
        try:
            return tool.run(self, call, checked(call.arguments, tool.takes, tool.required))
        except CpaImageError as error:
            return refuse(error)
        except Exception as bug:  # noqa: BLE001 - the boundary: what arrives here is a bug, and is told as one
            return refuse(self._as_error(bug))

    def make(self, call: Call, given: dict[str, Any]) -> Message:
        """Begin a picture, and wait for it as long as the host does."""
        patience = patience_of(call.client, given.pop("wait_seconds", None))
        begun = self._studio.begin(self._order(given))
        return waited(begun, call, self._studio, patience=patience, clock=self._clock)

    def result(self, call: Call, given: dict[str, Any]) -> Message:
        """Wait for a picture that was begun before."""
        patience = patience_of(call.client, given.get("wait_seconds"))
        return waited(Begun(job=given["job"]), call, self._studio, patience=patience, clock=self._clock)

    def preview(self, call: Call, given: dict[str, Any]) -> Message:
        """Show a picture, small."""
        del call
        from cpa_image_cli.mcp.preview import preview_of

        path = self._studio.picture(given["job"])
        return answers.picture(preview_of(safe_name(str(path), self._studio.roots)), str(path))

    def earlier(self, call: Call, given: dict[str, Any]) -> Message:
        """List earlier pictures."""
        del call
        return answers.answer(self._studio.earlier(limit=given.get("limit", LISTED), search=given.get("search")))

    def settings(self, call: Call, given: dict[str, Any]) -> Message:
        """Describe what will be used."""
        del call, given
        return answers.answer(self._studio.settings())

    def _order(self, given: dict[str, Any]) -> Order:
        request_id = given.pop("request_id", None)
        if request_id is not None and len(request_id) > LONGEST_REQUEST_ID:
            raise UsageError(f"the request_id is too long; the limit is {LONGEST_REQUEST_ID} characters")
        prompt = checked_prompt(given.pop("prompt"))
        place = safe_name(given.pop("name", "."), self._studio.roots)
        inputs, mask = given.pop("images", ()), given.pop("mask", None)
        return Order(
            prompt=prompt,
            inputs=tuple(str(self._snapshots.taken(name, self._studio)) for name in inputs),
            edit=bool(inputs),
            mask=None if mask is None else str(self._snapshots.taken(mask, self._studio)),
            overrides={name: value if isinstance(value, str) else str(value) for name, value in given.items()},
            destination=f"{place.path}/" if place.is_folder else str(place.path),
            below=place.root,
            request_id=request_id,
        )


TOOLS = (
    Tool(
        name="generate_image",
        title="Generate a picture",
        about=words.GENERATE,
        run=Toolbox.make,
        takes={"prompt": PROMPT, **PLACE, **_options(editing=False), **WAIT, **ONCE},
        required=("prompt",),
        promises=("result", "running"),
        makes=True,
    ),
    Tool(
        name="edit_image",
        title="Edit pictures",
        about=words.EDIT,
        run=Toolbox.make,
        takes={
            "prompt": PROMPT,
            "images": IMAGES,
            "mask": MASK,
            **PLACE,
            **_options(editing=True),
            **WAIT,
            **ONCE,
        },
        required=("prompt", "images"),
        promises=("result", "running"),
        makes=True,
    ),
    Tool(
        name="picture_result",
        title="Wait for a picture",
        about=words.RESULT,
        run=Toolbox.result,
        takes={"job": JOB, **WAIT},
        required=("job",),
        promises=("result", "running"),
    ),
    Tool(
        name="preview_picture",
        title="Look at a picture",
        about=words.PREVIEW,
        run=Toolbox.preview,
        takes={"job": JOB},
        required=("job",),
    ),
    Tool(
        name="list_pictures",
        title="List earlier pictures",
        about=words.LIST,
        run=Toolbox.earlier,
        takes={
            "limit": Argument(kind="integer", help=f"How many; {LISTED} without it.", least=1, most=MOST_LISTED),
            "search": Argument(kind="string", help="Only those whose prompt has all these words, in any language."),
        },
        promises=("history",),
    ),
    Tool(
        name="describe_settings",
        title="Describe the settings",
        about=words.SETTINGS,
        run=Toolbox.settings,
        promises=("agent-settings",),
    ),
)
"""In the order in which a client lists them: what makes pictures first."""
