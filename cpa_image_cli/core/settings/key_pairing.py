"""
Decides whether a key may go to the host it is about to go to without a word.

Keys and hosts are configured under many names, and a key found under one name can end up at a host configured under
another. To learn a new pair that belongs together, add a rule to `RULES`.
"""

from collections.abc import Callable
from typing import Any

from cpa_image_cli.core.gateway.endpoint import host_of, is_private_host
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.settings.resolution import Origin, Resolved

Rule = Callable[["Resolved[Any]", "Resolved[Any]"], bool | None]
"""Takes base URL and key; answers whether they belong together, or None to leave it to the next rule."""

MIXED_SOURCES = "mixed_sources"
PLAIN_HTTP = "plain_http"

_PREFIXES = ("OTCBOT_", "CPA_", "OPENAI_")


def image_gen_key_goes_anywhere(_: Resolved[Any], key: Resolved[Any]) -> bool | None:
    """Answer for the variable of this program's own, set for whatever gateway is in use."""
    return True if key.source == "IMAGE_GEN_KEY" else None


def openai_key_goes_to_openai(base_url: Resolved[Any], key: Resolved[Any]) -> bool | None:
    """Answer for the key that many machines have set for other programs."""
    if key.source != "OPENAI_API_KEY":
        return None
    host = host_of(str(base_url.value))
    return base_url.source == "OPENAI_BASE_URL" or host == "openai.com" or host.endswith(".openai.com")


def a_chosen_host_takes_any_other_key(base_url: Resolved[Any], _: Resolved[Any]) -> bool | None:
    """Answer for hosts from the command line or the configuration file."""
    return True if base_url.origin in (Origin.FLAG, Origin.CONFIG) else None


def names_share_a_prefix(base_url: Resolved[Any], key: Resolved[Any]) -> bool | None:
    """Answer for variables that are set as a pair."""
    environment = base_url.origin is key.origin is Origin.ENVIRONMENT
    pairs = [base_url.source.startswith(prefix) and key.source.startswith(prefix) for prefix in _PREFIXES]
    return True if environment and any(pairs) else None


def openclaw_knows_both(base_url: Resolved[Any], key: Resolved[Any]) -> bool | None:
    """Answer for a provider's own key."""
    return True if base_url.origin is key.origin is Origin.OPENCLAW else None


RULES: tuple[Rule, ...] = (
    image_gen_key_goes_anywhere,
    openai_key_goes_to_openai,
    a_chosen_host_takes_any_other_key,
    names_share_a_prefix,
    openclaw_knows_both,
)


def belong_together(base_url: Resolved[Any], key: Resolved[Any]) -> bool:
    """Whether *key* was meant for the host of *base_url*; the first rule that has an opinion decides."""
    return next((verdict for rule in RULES if (verdict := rule(base_url, key)) is not None), False)


def warnings(base_url: Resolved[Any], key: Resolved[Any], *, is_providers_key: bool = False) -> tuple[Notice, ...]:
    """
    Return what to say before *key* goes to the host of *base_url*.

    *is_providers_key*: the key is the very one that OpenClaw keeps for this base URL, found under another name.
    """
    sent = key.value is not None or key.problem is not None
    if not sent or not base_url.value:
        return ()
    found: list[Notice] = []
    host = host_of(str(base_url.value))
    if not is_providers_key and not belong_together(base_url, key):
        message = f"the key from {key.source} goes to {host}, which was configured by {base_url.source}"
        found.append(Notice(code=MIXED_SOURCES, message=message))
    if str(base_url.value).lower().startswith("http://") and not is_private_host(host):
        message = f"the key goes to {host} over plain http://, readable by everyone on the way"
        found.append(Notice(code=PLAIN_HTTP, message=message))
    return tuple(found)
