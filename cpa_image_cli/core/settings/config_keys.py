"""
Every key that ``config.toml`` may hold, once: its type, what is right for it, and its help.

To add one, add a row to `_GENERAL`; an image parameter's key follows from ``core/job/image_options.py`` without being
named here. The same checks judge flags and variables of the same setting.
"""

import math
import re
from collections.abc import Callable, Mapping

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.gateway import headers
from cpa_image_cli.core.gateway.endpoint import checked_base_url
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.pictures import formats
from cpa_image_cli.core.provenance.placement import Placement

IF_EXISTS = ("error", "overwrite", "number")
PROVENANCE = tuple(Placement)
PREVIEWS = ("auto", "always", "never")

MOST_RETRIES = 100
LONGEST_WAIT = 86_400.0
"""Seconds. A day; no gateway's delay that is worth waiting for is longer."""

BETTER_WAYS = (
    "Keep keys out of this file: set IMAGE_GEN_KEY, or write api_key_command (a program that prints the key) "
    "or api_key_env (the name of the variable that holds it)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """
    One configuration key.

    *types* are TOML's as Python has them; *check* returns what is wrong with a value. *known* are values that are right
    for it; where *check* lets others pass, gateways may know more.
    """

    name: str
    types: tuple[type, ...]
    expected: str
    help: str
    check: Callable[[object], str | None] = lambda _: None
    known: tuple[str, ...] = ()

    def problem(self, value: object) -> str | None:
        """Return what is wrong with *value*, without repeating it, or None."""
        # bool is an int to isinstance, but true is no number of retries.
        if type(value) not in self.types:
            return f"expected {self.expected}"
        return self.check(value)

    def value_of(self, text: str) -> object:
        """Return *text*, as somebody types it, in the type of this key where it can be read so; else as it is."""
        if bool in self.types:
            return {"true": True, "false": False}.get(text.strip().lower(), text)
        if int in self.types and re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text):
            return int(text)
        if float in self.types and re.fullmatch(r"\s*[+-]?\d{1,9}\.\d{1,9}\s*", text):
            return float(text)
        return text


def _base_url(value: object) -> str | None:
    try:
        checked_base_url(str(value))
    except ConfigError as error:
        return error.message
    return None


def _format(value: object) -> str | None:
    return None if formats.spelled(str(value)) in formats.FORMATS else f"expected one of {formats.LISTED}"


def _model(value: object) -> str | None:
    return None if re.fullmatch(r"[^\s\x00-\x1f\x7f-\x9f]{1,200}", str(value)) else "expected one word, such as gpt-5.4"


def _variable_name(value: object) -> str | None:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", str(value)):
        return None
    return "expected the name of a variable, not its value"


def _text(value: object) -> str | None:
    return None if str(value).strip() and "\0" not in str(value) else "expected some text"


def _one_of(*words: str) -> Callable[[object], str | None]:
    return lambda value: None if value in words else f"expected one of {', '.join(words)}"


MOST_REQUESTS = 1_000_000


def _retries(value: object) -> str | None:
    fits = isinstance(value, int) and 0 <= value <= MOST_RETRIES
    return None if fits else f"expected a whole number from 0 to {MOST_RETRIES}"


def _requests(value: object) -> str | None:
    fits = isinstance(value, int) and 0 <= value <= MOST_REQUESTS
    return None if fits else f"expected a whole number from 0 to {MOST_REQUESTS}"


def _seconds(*, least: float) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        seconds = float(value) if isinstance(value, (int, float)) else math.nan
        return None if least <= seconds <= LONGEST_WAIT else f"expected seconds, from {least:g} to {LONGEST_WAIT:g}"

    return check


def _headers(value: object) -> str | None:
    for name, text in value.items() if isinstance(value, dict) else ():
        problem = headers.name_problem(name) or (
            headers.value_problem(text) if isinstance(text, str) else "expected a string"
        )
        if problem:
            return f"`{name}`: {problem}"
    return None


def _image_keys() -> dict[str, Key]:
    """Return a key for each image parameter; whole numbers may be written with or without quotes."""
    return {
        name: Key(
            name=name,
            types=(str, int) if flag.number else (str,),
            expected="a whole number" if flag.number else "a string",
            help=flag.help,
            known=flag.known,
            check=lambda value, check=flag.check: check(str(value)),  # type: ignore[misc]
        )
        for name, flag in image_options.flags()
    }


_GENERAL = (
    Key(name="base_url", types=(str,), expected="a string", help="Base URL of the gateway.", check=_base_url),
    Key(name="model", types=(str,), expected="a string", help="Text model that is asked.", check=_model),
    Key(
        name="format",
        types=(str,),
        expected="a string",
        help=formats.HELP,
        check=_format,
        known=tuple(formats.METAVAR.split("|")),
    ),
    Key(name="output_dir", types=(str,), expected="a string", help="Where pictures go without -o.", check=_text),
    Key(name="name_template", types=(str,), expected="a string", help="How pictures are named.", check=_text),
    Key(
        name="api_key_command",
        types=(str,),
        expected="a string",
        help="Program that prints the API key; run without a shell.",
        check=_text,
    ),
    Key(
        name="api_key_env",
        types=(str,),
        expected="a string",
        help="Name of the variable that holds the API key.",
        check=_variable_name,
    ),
    Key(
        name="stream",
        types=(bool,),
        expected="true or false",
        help="Ask for a stream of events.",
        known=("true", "false"),
    ),
    Key(
        name="fetch_url",
        types=(bool,),
        expected="true or false",
        help="Fetch the picture where the gateway sends its address instead.",
        known=("true", "false"),
    ),
    Key(name="retries", types=(int,), expected="a whole number", help="Further attempts, at most.", check=_retries),
    Key(
        name="timeout",
        types=(int, float),
        expected="a number",
        help="Seconds one attempt may take.",
        check=_seconds(least=0.1),
    ),
    Key(
        name="max_wait",
        types=(int, float),
        expected="a number",
        help="Seconds to wait before a retry, at most.",
        check=_seconds(least=0),
    ),
    Key(name="instructions", types=(str,), expected="a string", help="Instructions to the text model."),
    Key(
        name="preview",
        types=(str,),
        expected="a string",
        help="Show pictures in the terminal: auto, always, never.",
        check=_one_of(*PREVIEWS),
        known=PREVIEWS,
    ),
    Key(
        name="if_exists",
        types=(str,),
        expected="a string",
        help="What to do about an existing file: error, overwrite, number.",
        check=_one_of(*IF_EXISTS),
        known=IF_EXISTS,
    ),
    Key(
        name="provenance",
        types=(str,),
        expected="a string",
        help="Where the record of a picture goes: history, sidecar, embed.",
        check=_one_of(*PROVENANCE),
        known=PROVENANCE,
    ),
    Key(
        name="prices",
        types=(str,),
        expected="a string",
        help="List prices for an estimate: openai, or a file of yours.",
        check=_text,
        known=("openai",),
    ),
    Key(name="ledger", types=(str,), expected="a string", help="File that keeps jobs and history.", check=_text),
    Key(
        name="requests_per_hour",
        types=(int,),
        expected="a whole number",
        help="Requests in any 60 minutes, at most, retries included.",
        check=_requests,
    ),
    Key(
        name="requests_per_day",
        types=(int,),
        expected="a whole number",
        help="Requests in any 24 hours, at most, retries included.",
        check=_requests,
    ),
    Key(name="headers", types=(dict,), expected="a table", help="Further request headers.", check=_headers),
)

KEYS: Mapping[str, Key] = {key.name: key for key in _GENERAL} | _image_keys()
"""What may stand at the top of the file and in each ``[profiles.NAME]``."""

KEY_SOURCES = frozenset({"api_key_env", "api_key_command"})
"""Ways to say where the API key is; a table holds one of them at most."""

_LITERAL_KEYS = frozenset(
    {"key", "apikey", "token", "accesstoken", "bearertoken", "secret", "password", "authorization"}
)


def is_literal_key(name: str) -> bool:
    """Whether *name* is how somebody would write an API key into the file."""
    bare = re.sub(r"[^a-z]", "", name.lower())
    return bare in _LITERAL_KEYS or bare.endswith(("apikey", "genkey"))
