"""
The scenario table: everything the sandbox can play, and what a client must make of it.

``cpa-image sandbox --list`` prints it and the fault suite runs it. To add a scenario, add a row to the module of
its kind in ``tables``; the words it may use are in ``replies``.
"""

import difflib
from collections.abc import Mapping

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.sandbox.language.scenario import Expected, Scenario
from cpa_image_cli.sandbox.tables.breaks import BREAKS
from cpa_image_cli.sandbox.tables.events import EVENTS
from cpa_image_cli.sandbox.tables.limits import LIMITS
from cpa_image_cli.sandbox.tables.no_pictures import NO_PICTURES
from cpa_image_cli.sandbox.tables.pictures import PICTURES
from cpa_image_cli.sandbox.tables.pictures_in import PICTURES_IN
from cpa_image_cli.sandbox.tables.refusals import REFUSALS
from cpa_image_cli.sandbox.tables.relays import RELAYS
from cpa_image_cli.sandbox.tables.requests import REQUESTS
from cpa_image_cli.sandbox.tables.servers import SERVERS
from cpa_image_cli.sandbox.tables.waits import WAITS

__all__ = ["ROWS", "SCENARIOS", "Expected", "Scenario", "find"]

ROWS = (
    *PICTURES,
    *PICTURES_IN,
    *NO_PICTURES,
    *LIMITS,
    *WAITS,
    *REFUSALS,
    *REQUESTS,
    *SERVERS,
    *EVENTS,
    *BREAKS,
    *RELAYS,
)

SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in ROWS}


def find(name: str) -> Scenario:
    """
    Return the scenario called *name*.

    Raises: UsageError that names those most like it.
    """
    found = SCENARIOS.get(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, SCENARIOS, n=3, cutoff=0.5)
    near = near or [known for known in SCENARIOS if name and name in known][:3]
    hint = f"Did you mean {', '.join(near)}?" if near else "`cpa-image sandbox --list` shows them all."
    raise UsageError(f"there is no scenario called {name!r}", hint=hint)
