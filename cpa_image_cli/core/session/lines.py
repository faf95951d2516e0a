"""
Decides what a line means that somebody typed where prompts are typed: something to draw, or something to do.

What begins with a slash is a command, and so are the few words with which people leave or ask for help: none of them
must become a picture that somebody pays for. Two slashes are for a prompt that begins with one. To add a command, add
a row to `COMMANDS`.
"""

import unicodedata
from collections.abc import Mapping

from cpa_image_cli.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to draw; empty if nothing was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do, by the name of its row in `COMMANDS`, and what was typed after it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What begins with a slash and is no command; it is not drawn."""

    word: str


Line = Prompt | Command | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A command's *name*, what may stand after it, and what it does. *setting* is the one that it changes."""

    name: str
    help: str
    value: str = ""
    setting: str = ""


COMMANDS: tuple[SlashCommand, ...] = (
    SlashCommand(name="size", value="WIDTHxHEIGHT", setting="size", help="Size of the pictures from now on."),
    SlashCommand(name="quality", value="TEXT", setting="quality", help="Their quality."),
    SlashCommand(name="format", value="FORMAT", setting="format", help="Their file format."),
    SlashCommand(name="model", value="MODEL", setting="model", help="Text model that is asked."),
    SlashCommand(
        name="profile", value="PROFILE", setting="profile", help="Profile of the config file: its gateway and key."
    ),
    SlashCommand(name="stream", value="on|off", setting="stream", help="Whether it is seen while it forms."),
    SlashCommand(name="again", help="Draw the last prompt again, for what it costs."),
    SlashCommand(name="history", help="Choose an earlier run: show it, go on from it, rerun it."),
    SlashCommand(name="open", help="Open the last picture in the system's viewer."),
    SlashCommand(name="copy", value="path", help="Copy the last picture, or its path, to the clipboard."),
    SlashCommand(name="help", help="Show this."),
    SlashCommand(name="quit", help="Leave; so does Ctrl-D."),
)

SETTINGS: Mapping[str, str] = {command.name: command.setting for command in COMMANDS if command.setting}
"""The settings that can be changed, by the names of their commands."""

_NAMES = frozenset(command.name for command in COMMANDS)
_OTHER_NAMES = {"exit": "quit", "q": "quit", "h": "history", "?": "help"}
_BARE_WORDS = {
    "quit": "quit",
    "exit": "quit",
    "help": "help",
    "?": "help",
    "退出": "quit",
    "帮助": "help",
}
"""What is typed alone by somebody who wants to leave or to know more; `/` is not needed."""

AS_CONFIGURED = frozenset({"-", "default", "unset"})
"""Values by which a setting is what the configuration says again."""


def understood(text: str) -> Line:
    """Return what *text* means."""
    line = text.strip()
    # A Chinese input method types full-width signs.
    plain = unicodedata.normalize("NFKC", line)
    if plain.lower() in _BARE_WORDS:
        return Command(_BARE_WORDS[plain.lower()])
    if not plain.startswith("/"):
        return Prompt(line)
    if plain.startswith("//"):
        return Prompt(line[1:])
    word, _, rest = plain[1:].strip().partition(" ")
    name = _OTHER_NAMES.get(word.lower(), word.lower())
    return Command(name or "help", rest.strip()) if not name or name in _NAMES else Unknown(word)


def setting_value(name: str, text: str) -> tuple[object | None, str | None]:
    """Return what *text* means for the command *name*, None for "as configured", and what is wrong with it."""
    value = text.strip()
    if value.lower() in AS_CONFIGURED:
        return None, None
    if name != "stream":
        return value, None
    wanted = {"on": True, "off": False, "true": True, "false": False}.get(value.lower())
    return wanted, None if wanted is not None else "expected on or off"
