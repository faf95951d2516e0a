"""
Decides what orders share: settings that are resolved once for orders that say the same, and the gateway in the box.

A door opens one `Workshop` for as long as it takes orders; what the orders say apart from each other is decided in
``plan``, and carried out in ``making``.
"""

import contextlib
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Self

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.engine.inputs.gathering import ReadyPictures, ready
from cpa_image_cli.engine.plan import Plan, plan_of
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.settings import OwnGateway, extension_of, resolve_settings

UNSTARTED = OwnGateway(base_url="http://sandbox.localhost", key=Secret("none-is-needed"))
"""The gateway in the box as it is shown before it listens, when nothing is going to be sent."""


class Workshop:
    """
    Where orders become plans.

    Without *sends*, nothing is going to be sent: the gateway in the box is not started, no key command is run. *pace*
    is the seconds that the gateway in the box takes to draw, so that a person has something to see.
    """

    def __init__(self, around: Surroundings, *, sends: bool = True, pace: float = 0.0) -> None:
        # Asked for with each order, and the same for all.
        self.around = replace(around, directories=cache(around.directories))
        self._sends = sends
        self._pace = pace
        self._open = contextlib.ExitStack()
        self._boxes: dict[str, OwnGateway] = {}
        self._settings: dict[tuple[object, ...], Settings] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def settings(self, order: Order) -> Settings:
        """
        Return the settings that hold for *order*; asked once, since a program that prints the key may ask a person.

        Raises: as `resolve_settings`; UsageError for a scenario that the gateway in the box does not know.
        """
        extension = extension_of(order.destination, self.around)
        known = (order.scenario, extension, *sorted(order.overrides.items()))
        if known not in self._settings:
            said = {**order.overrides, "output": order.destination}
            own = None if order.scenario is None else self._box(order.scenario)
            self._settings[known] = resolve_settings(said, self.around, own=own, run_key_command=self._sends)
        return self._settings[known]

    def plan(self, order: Order, *, watched: bool = False) -> Plan:
        """Return what becomes of *order*; *watched*: somebody looks at preview frames. Raises: as `plan_of`."""
        settings, pictures = self.settings(order), self.pictures(order)
        return plan_of(order, settings, self.around, pictures=pictures, watched=watched, sends=self._sends)

    def pictures(self, order: Order) -> ReadyPictures:
        """Return the pictures of *order*, ready to be sent. Raises: UsageError."""
        return ready(order, self.around, History(self.around.directories().history_file))

    def _box(self, scenario: str) -> OwnGateway:
        if not self._sends:
            return UNSTARTED
        if scenario not in self._boxes:
            self._boxes[scenario] = self._started(scenario)
        return self._boxes[scenario]

    def _started(self, scenario: str) -> OwnGateway:
        from cpa_image_cli.sandbox.scenarios import find
        from cpa_image_cli.sandbox.serving.gateway import Sandbox

        sandbox = self._open.enter_context(Sandbox(find(scenario), pace=self._pace))
        return OwnGateway(base_url=sandbox.base_url, key=Secret(sandbox.key))
