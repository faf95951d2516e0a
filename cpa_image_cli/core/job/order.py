"""
What somebody wants, from whatever door it comes: the command line, a session, a rerun, the doctor, a file, an agent.

An order says what is asked for and leaves everything else open. Settings, the clock and the disk close it: see
``engine/plan.py``. No door hands its flags or arguments any further than this.
"""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.inputs import Handling

PLAYED = "ok"
"""What the gateway in the box plays unless it is told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The earlier run that an order comes from: its *id*, its *model*, and the *gateway* it went to, as shown."""

    id: str
    gateway: str
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    A wish for *count* pictures of *prompt*.

    *inputs* are the pictures to begin from and *mask* says where the first may change, each as somebody named it;
    how they are treated is in *handling*. An *edit* wants the first of them changed. *overrides* go before every
    other source of the setting of that name. *unasked* are image parameters that the gateway is to decide, whatever
    the configuration says. *destination* is the text of ``-o``, None for a name of ours in the configured folder.
    With *below*, the picture goes below that folder and nowhere else, whatever links lie on the way, and replaces
    nothing. *scenario* is played by the gateway in the box; None is the real gateway. *recorded* says that history
    keeps it. *request_id* is a name of whoever orders, under which it is made once.
    """

    prompt: str
    count: int = 1
    inputs: tuple[str, ...] = ()
    mask: str | None = None
    handling: Handling = field(default_factory=Handling)
    edit: bool = False
    overrides: Mapping[str, object] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()
    destination: str | None = None
    below: Path | None = None
    scenario: str | None = None
    allow_image_model: bool = False
    recorded: bool = True
    parent: Parent | None = None
    request_id: str | None = None
