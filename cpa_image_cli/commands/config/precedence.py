"""Decides what is said when a change of the config file has no effect, because something else goes before it."""

import contextlib
from collections.abc import Iterable, Iterator

from cpa_image_cli.commands.config.key_words import DEFAULT_PROFILE, place_of
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.settings.config_keys import KEY_SOURCES
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings


def what_goes_before(keys: Iterable[str], *, profile: str | None, around: Surroundings) -> Iterator[str]:
    """Yield a sentence for each of *keys*, set below *profile* or at the top, whose value is not the one in use."""
    from cpa_image_cli.settings import resolve_settings

    # A change that succeeded must not end in an error about another setting.
    with contextlib.suppress(CpaImageError):
        settings = resolve_settings({"profile": profile}, around, thorough=True, run_key_command=False)
        rows = dict(settings.rows())
        for key in keys:
            setting = _setting_of(key)
            resolved = rows.get(setting)
            if resolved is not None and resolved.source != f"config file{place_of(profile)}: {key}":
                shown, source = resolved.shown or "another", one_line(resolved.source)
                yield f"Note: {setting} in use is {shown}, from {source}, which goes before the config file."


def _setting_of(key: str) -> str:
    if key in KEY_SOURCES:
        return "api_key"
    return "profile" if key == DEFAULT_PROFILE else key
