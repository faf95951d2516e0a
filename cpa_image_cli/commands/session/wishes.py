"""Decides what a session asks for: its order, as it was changed on the way, and what that comes to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.job.image_models import check_text_model
from cpa_image_cli.core.job.order import PLAYED, Order
from cpa_image_cli.core.session.lines import SETTINGS, Command, setting_value
from cpa_image_cli.core.session.states import Changed
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.engine.workshop import Workshop

IN_THE_BOX = Order(prompt="", scenario=PLAYED, overrides={"stream": True})
"""Streaming, because there is somebody to watch, and this gateway is known to be able to."""


def wish(chosen: Mapping[str, object], *, in_sandbox: bool) -> Order:
    """Return the order, still without a prompt, that the settings in *chosen* make."""
    base = IN_THE_BOX if in_sandbox else Order(prompt="")
    overrides: dict[str, Any] = {**base.overrides, **chosen}
    return replace(base, overrides=overrides)


def changed(command: Command, chosen: Mapping[str, object], workshop: Workshop, *, in_sandbox: bool) -> Changed:
    """
    Return what *command* changes of what was *chosen*, once it is known to make sense.

    Raises: CpaImageError for a value that cannot be right, or a profile whose gateway cannot be used.
    """
    setting = SETTINGS[command.name]
    value, problem = setting_value(command.name, command.rest)
    if problem is not None:
        raise UsageError(f"/{command.name} {command.rest}: {problem}")
    others = {name: other for name, other in chosen.items() if name != setting}
    order = wish(others if value is None else {**others, setting: value}, in_sandbox=in_sandbox)
    checked(workshop.settings(order))
    return Changed(setting, value)


def checked(settings: Settings) -> Settings:
    """Return *settings* if they could be sent. Raises: CpaImageError."""
    settings.responses_url()
    settings.require_key()
    settings.image_options()
    check_text_model(settings.model.value, source=settings.model.source)
    return settings


def known_values(command: Command) -> tuple[str, ...]:
    """Return values that are right for the setting that *command* changes, as far as they are known."""
    setting = SETTINGS[command.name]
    flags = dict(image_options.flags())
    if setting in flags:
        return flags[setting].known
    return KEYS[setting].known if setting in KEYS else ()
