"""``cpa-image mcp``: the door for agents that speak the Model Context Protocol."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cpa_image_cli.commands.dialogue.stdio import as_internal_error
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.job.order import Order
    from cpa_image_cli.mcp.studio import Begun

CONFIGURATION = (
    (
        "Where settings come from",
        """\
Most clients hand on few variables. A config file is read alike by all of them: `cpa-image config init` writes it, and \
`api_key_command` or `api_key_env` keep the key out of it.""",
    ),
    (
        "Claude Code",
        """\
  claude mcp add --scope user cpa-image -- cpa-image mcp
It hands on all variables. To work unattended: --allowedTools mcp__cpa-image__generate_image and so on. Time-out: \
none to speak of; `timeout` (ms) in .mcp.json.""",
    ),
    (
        "Codex, in config.toml",
        """\
  [mcp_servers.cpa-image]
  command = "cpa-image"
  args = ["mcp"]
  required = true
  env_vars = ["IMAGE_GEN_BASE_URL", "IMAGE_GEN_KEY"]
  default_tools_approval_mode = "approve"
Without `required` a server that does not start is passed over in silence; without `env_vars` no variable arrives; \
without the last line `codex exec` refuses what costs money. Time-out: `tool_timeout_sec`, 300.""",
    ),
    (
        "OpenClaw, in openclaw.json",
        """\
  mcp: { servers: { "cpa-image": {
    command: "cpa-image", args: ["mcp"], requestTimeoutMs: 240000,
    env: { IMAGE_GEN_KEY: "${IMAGE_GEN_KEY}" },
  } } }
Time-out: 60 s without `requestTimeoutMs`. No variable arrives that `env` does not name.""",
    ),
    (
        "Gemini CLI, in settings.json",
        """\
  "mcpServers": { "cpa-image": {
    "command": "cpa-image", "args": ["mcp"], "trust": true, "timeout": 600000,
    "env": { "IMAGE_GEN_KEY": "$IMAGE_GEN_KEY" }
  } }
`trust` asks no question. No variable with KEY or TOKEN in its name arrives that `env` does not name.""",
    ),
    (
        "Claude Desktop, Cursor and others",
        """\
  { "mcpServers": { "cpa-image": { "command": "/absolute/path/to/cpa-image", "args": ["mcp"] } } }
They wait 60 s, which is enough: a tool answers after 45 s that the job is running, and is asked again.""",
    ),
)


@told(
    Manual(
        examples=(
            Example("cpa-image mcp < /dev/null", "see that it starts; a client talks to it by pipes"),
            Example("cpa-image mcp --allow . < /dev/null", "pictures may go into the current folder, too"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG, ExitStatus.INTERRUPTED, ExitStatus.TERMINATED),
        variables=GATEWAY_VARIABLES,
        remarks=CONFIGURATION,
    )
)
def mcp(
    ctx: typer.Context,
    *,
    allow: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow", metavar="FOLDER", help="Let tools write and read below this folder, too; may be repeated."
        ),
    ] = None,
) -> None:
    """
    Serve tools for agents over standard input and output (MCP).

    Tools make, change, find and show pictures. They write and read below the pictures folder, and below what --allow
    names. A job goes on when the agent or this server ends, and the next server knows it.
    """
    around: Surroundings = ctx.obj
    folders = _checked(allow or [], around)
    reads, writes = _pipes(around)
    serve(around, reads, writes, allowed=folders)


def serve(around: Surroundings, reads: BinaryIO, writes: BinaryIO, *, allowed: Sequence[Path]) -> None:
    """Serve a client that speaks by *reads* and listens to *writes*, until it goes."""
    from cpa_image_cli.mcp import words
    from cpa_image_cli.mcp.inputs import Snapshots
    from cpa_image_cli.mcp.ledger_studio import LedgerStudio
    from cpa_image_cli.mcp.server import Server
    from cpa_image_cli.mcp.tools import Toolbox
    from cpa_image_cli.mcp.wire import Wire

    tools = Toolbox(
        LedgerStudio(around, allowed=allowed, begin=lambda order: _begun(order, around)),
        snapshots=Snapshots(around.directories().data / "inputs"),
        clock=around.clock,
        as_error=lambda bug: as_internal_error(bug, around),
    )
    Server(Wire(reads, writes), tools, instructions=words.INSTRUCTIONS).serve()


def _begun(order: "Order", around: Surroundings) -> "Begun":
    """Begin a job. What speaks HTTP is loaded here: a host that asks for the tools alone does not wait for it."""
    from cpa_image_cli.mcp.beginning import begin

    return begin(order, around)


def _checked(folders: Sequence[Path], around: Surroundings) -> list[Path]:
    """Return *folders* as absolute paths. Raises: UsageError for one that is none, or is everything."""
    found = []
    for folder in folders:
        path = Path(os.path.normpath(around.at(folder)))
        if not path.is_dir():
            raise UsageError(f"--allow {folder}: there is no such folder")
        if path in {Path(path.anchor), around.home}:
            raise UsageError(
                f"--allow {folder}: that would be everything you have", hint="Name the folder of one project."
            )
        found.append(path)
    return found


def _pipes(around: Surroundings) -> tuple[BinaryIO, BinaryIO]:
    """
    Return what a client writes into and reads from.

    Standard output is given to it alone: whatever else would be printed there, by anybody, goes to standard error.
    """
    if around.stdout is not sys.stdout:
        return around.stdin.buffer, around.stdout.buffer
    own = os.dup(1)
    os.dup2(2, 1)
    return around.stdin.buffer, os.fdopen(own, "wb", buffering=0)
