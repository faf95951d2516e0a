"""
Decides which model OpenClaw currently uses of the provider ``otcbot``.

Only a model of that provider is of use to us, and never an image model: OpenClaw's slots for making pictures
(``imageGenerationModel``, ``mediaModels``) are not even looked at.
"""

from collections.abc import Iterator, Mapping

from cpa_image_cli.adapters.openclaw.openclaw_paths import Agent, member
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.image_models import is_image_model
from cpa_image_cli.core.text import one_line

PROVIDER = "otcbot"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentModel:
    """The model's id as the gateway knows it, or None; *note* says which references were passed over."""

    name: str | None
    note: str = ""


def current_model(config: Mapping[str, object], agent: Agent) -> CurrentModel:
    """Return the first usable model among *agent*'s, the agents' default, and the default for looking at images."""
    passed_over: list[str] = []
    for reference in _references(config, agent):
        provider, model = _split(_full(reference, config))
        if provider == PROVIDER and model and not is_image_model(model):
            return CurrentModel(name=model, note="; ".join(passed_over))
        reason = "an image model" if provider == PROVIDER and model else f"not a model of {PROVIDER}"
        passed_over.append(f"{one_line(reference, limit=80)} is {reason}")
    return CurrentModel(name=None, note="; ".join(dict.fromkeys(passed_over)))


def _references(config: Mapping[str, object], agent: Agent) -> Iterator[str]:
    defaults = member(config, "agents", "defaults")
    for slot in (agent.own.get("model"), defaults.get("model"), defaults.get("imageModel")):
        primary = slot.get("primary") if isinstance(slot, Mapping) else slot
        if isinstance(primary, str) and primary.strip():
            yield primary.strip()


def _full(reference: str, config: Mapping[str, object]) -> str:
    """Return *reference* as provider/model: an alias stands for one, a bare id is completed if only one has it."""
    if "/" in reference:
        return reference
    for full, entry in member(config, "agents", "defaults", "models").items():
        alias = entry.get("alias") if isinstance(entry, Mapping) else None
        if isinstance(alias, str) and alias.strip().lower() == reference.lower():
            return full
    bare = _without_profile(reference)
    owners = [name for name, ids in _models_of_providers(config) if bare in ids]
    return f"{owners[0]}/{bare}" if len(owners) == 1 else reference


def _models_of_providers(config: Mapping[str, object]) -> Iterator[tuple[str, set[object]]]:
    for name, provider in member(config, "models", "providers").items():
        models = provider.get("models") if isinstance(provider, Mapping) else None
        entries = models if isinstance(models, list) else []
        ids = (entry.get("id") for entry in entries if isinstance(entry, Mapping))
        yield name, {model for model in ids if isinstance(model, str)}


def _split(reference: str) -> tuple[str, str]:
    """Return provider and model; ids may contain slashes, so the first one divides."""
    provider, slash, model = reference.partition("/")
    return (provider.strip().lower(), _without_profile(model.strip())) if slash else ("", reference)


def _without_profile(model: str) -> str:
    """Drop the ``@profile`` after the last slash; an id may begin with ``@``."""
    head, slash, last = model.rpartition("/")
    name, at, _ = last.partition("@")
    return f"{head}{slash}{name}" if at and name else model
