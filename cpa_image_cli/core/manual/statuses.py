"""
What each exit status means, and what whoever gets it does next.

To add a status, add a member to `core.errors.ExitStatus` and its row here.
"""

from collections.abc import Mapping

from cpa_image_cli.core.contracts.help import StatusObject
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, ExitStatus


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status says, and *what_next*."""

    meaning: str
    what_next: str


MEANINGS: Mapping[ExitStatus, Meaning] = {
    ExitStatus.OK: Meaning("done; the picture, if one was asked for, is in place", "Nothing is left to do."),
    ExitStatus.INTERNAL: Meaning("a bug in this program", "Report it with the file that the message names."),
    ExitStatus.USAGE: Meaning("the command line does not make sense; nothing was sent", "Change the command line."),
    ExitStatus.CONFIG: Meaning(
        "a setting is missing or wrong, or does not fit the gateway", "Run `cpa-image doctor`; it says what to set."
    ),
    ExitStatus.AUTH: Meaning("the key or the account was refused", "Check the key with `cpa-image config show`."),
    ExitStatus.POLICY: Meaning(
        "the prompt or the picture was rejected", "Change the prompt; the same one fails again."
    ),
    ExitStatus.LIMIT: Meaning(
        "a rate, plan or quota limit", "Wait as long as the message says, or use another account."
    ),
    ExitStatus.NO_IMAGE: Meaning(
        "the answer holds no picture", "Read what the model said; try another prompt or model."
    ),
    ExitStatus.GATEWAY: Meaning(
        "the network or the gateway failed, or the time ran out",
        "See whether it may have billed; then try again, after a time-out with a longer `--timeout` or `--stream`.",
    ),
    ExitStatus.OUTPUT: Meaning(
        "the picture cannot be put where it was wanted", "Name another place; the message says where it was kept."
    ),
    ExitStatus.SOME: Meaning(
        "of several pictures some were made and some were not", "Run the same again: it makes what is missing."
    ),
    ExitStatus.RUNNING: Meaning("the job is still under way", "Ask again with `cpa-image wait`."),
    ExitStatus.INTERRUPTED: Meaning("stopped by Ctrl-C or `q`", "The message says whether it may have billed."),
    ExitStatus.TERMINATED: Meaning("stopped by SIGTERM", "The message says whether it may have billed."),
}


def codes_of(status: ExitStatus) -> tuple[Code, ...]:
    """Return the code words that lead to *status*."""
    return tuple(code for code in Code if code.exit_status is status)


def as_data() -> list[StatusObject]:
    """Return the table as ``help exit-codes --json`` prints it."""
    return [
        {
            "exit_status": int(status),
            "meaning": said.meaning,
            "hint": said.what_next,
            "codes": [code.word for code in codes_of(status)],
        }
        for status, said in MEANINGS.items()
    ]
