"""Decides what stands in a new ``config.toml``: a comment that names every key, so that nobody has to look them up."""

from cpa_image_cli.core.settings.config_keys import KEYS

_OPENING = """\
# Settings of cpa-image. Flags and variables go before what is set here;
# `cpa-image config show` tells which value is in use, and from where.
"""

_KEYS = """\
#
# Keys, here or below [profiles.NAME] for `--profile NAME`:
#
{keys}
#
# A key of the gateway does not belong here: api_key_command names a program
# that prints it, api_key_env the variable that holds it.

# base_url = "https://gateway.example/v1"
# api_key_command = "pass show gateway"
"""


def opening() -> str:
    """Return the comment at the top of a file that this program fills in."""
    return _OPENING


def template() -> str:
    """Return a file that sets nothing and says what could be set."""
    widest = max(map(len, KEYS))
    keys = "\n".join(f"#   {key.name.ljust(widest)}  {key.help}" for key in KEYS.values())
    return _OPENING + _KEYS.format(keys=keys)
