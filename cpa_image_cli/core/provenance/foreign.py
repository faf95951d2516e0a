"""
Reads what other programs wrote into a picture about how it was made: one row of `CONVENTIONS` for each of them.

Everything comes from a file that anybody may have written. It is told as a quotation, labelled "found in the file", and
nothing is ever done with it. To know another convention, write a function that finds it in `Texts` and give it a row.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.provenance.packet import IPTC

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import FoundObject

Fact = tuple[str, str]

TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"

AI_FIELDS = {
    "AIPromptInformation": "prompt",
    "AISystemUsed": "system",
    "AISystemVersionUsed": "version",
    "AIPromptWriterName": "prompt by",
    "DigitalSourceType": "source type",
}
"""The IPTC 2025.1 properties of generated pictures, and what each is called here."""

AIGC_FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
"""The members of China's label for generated content (GB 45438-2025)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """
    The texts of a file: PNG text chunks and comments by keyword, EXIF by tag name, XMP by ``{namespace}name``.

    *iptc* holds the older IPTC-IIM fields by name.
    """

    chunks: Mapping[str, str] = field(default_factory=dict)
    exif: Mapping[str, str] = field(default_factory=dict)
    xmp: Mapping[str, str] = field(default_factory=dict)
    iptc: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one *convention* says, as pairs of a label and a text from the file."""

    convention: str
    facts: tuple[Fact, ...]

    def as_json(self) -> "FoundObject":
        """Return what programs are shown."""
        return {"convention": self.convention, "facts": [list(fact) for fact in self.facts]}


def conventions_in(texts: Texts) -> tuple[Found, ...]:
    """Return what each known convention says in *texts*, those that say nothing left out."""
    read = ((name, tuple((label, text) for label, text in look(texts) if text)) for name, look in CONVENTIONS.items())
    return tuple(Found(convention=name, facts=facts) for name, facts in read if facts)


def _webui(texts: Texts) -> Iterator[Fact]:
    """Read a prompt, then perhaps a line ``Negative prompt:``, then one that begins with ``Steps:``."""
    text = texts.chunks.get("parameters", "") or texts.exif.get("UserComment", "")
    if not re.search(r"^Steps: ", text, re.MULTILINE):
        return
    prompt, _, rest = text.partition("\nSteps: ")
    prompt, _, negative = prompt.partition("\nNegative prompt: ")
    yield from (("prompt", prompt.strip()), ("negative prompt", negative.strip()), ("parameters", f"Steps: {rest}"))


def _swarm(texts: Texts) -> Iterator[Fact]:
    told = _object(texts.chunks.get("parameters", "") or texts.exif.get("UserComment", ""))
    parameters = told.get("sui_image_params")
    if isinstance(parameters, dict):
        yield from _chosen(parameters, {"prompt": "prompt", "negativeprompt": "negative prompt", "model": "model"})


def _comfy(texts: Texts) -> Iterator[Fact]:
    """Read a graph of nodes by number: what is drawn stands in the texts of those that encode one."""
    told = [texts.chunks.get("prompt", ""), *(_after(text, "prompt:") for text in texts.exif.values())]
    for nodes in map(_object, told):
        for node in nodes.values():
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict):
                encodes = "TextEncode" in str(node.get("class_type"))
                yield "text", _text(node["inputs"].get("text")) if encodes else ""
    kept = [texts.chunks.get("workflow", ""), *(_after(text, "workflow:") for text in texts.exif.values())]
    if any(map(_object, kept)):
        yield "workflow", "a graph is in the file"


def _invoke(texts: Texts) -> Iterator[Fact]:
    told = _object(texts.chunks.get("invokeai_metadata", ""))
    yield from _chosen(told, {"positive_prompt": "prompt", "negative_prompt": "negative prompt", "seed": "seed"})
    model = told.get("model")
    if isinstance(model, dict):
        yield from _chosen(model, {"name": "model", "model_name": "model"})
    yield "prompt", texts.chunks.get("Dream", "")
    older = _object(texts.chunks.get("sd-metadata", "")).get("image")
    if isinstance(older, dict):
        yield "prompt", _text(older.get("prompt"))


def _novel(texts: Texts) -> Iterator[Fact]:
    if texts.chunks.get("Software", "") != "NovelAI":
        return
    told = _object(texts.chunks.get("Comment", ""))
    yield "prompt", _text(told.get("prompt")) or texts.chunks.get("Description", "")
    yield from _chosen(told, {"uc": "negative prompt", "seed": "seed", "steps": "steps"})


def _midjourney(texts: Texts) -> Iterator[Fact]:
    prompt, found, job = texts.chunks.get("Description", "").partition(" Job ID: ")
    if found:
        yield from (("prompt", prompt.strip()), ("job", job.strip()))


def _mflux(texts: Texts) -> Iterator[Fact]:
    told = _object(texts.exif.get("UserComment", ""))
    if "mflux_version" in told:
        yield from _chosen(told, {"prompt": "prompt", "model": "model", "seed": "seed", "steps": "steps"})


def _iptc(texts: Texts) -> Iterator[Fact]:
    for name, label in AI_FIELDS.items():
        yield label, texts.xmp.get(f"{{{IPTC}}}{name}", "").rpartition("digitalsourcetype/")[2]


def _aigc(texts: Texts) -> Iterator[Fact]:
    labelled = _object(texts.exif.get("UserComment", "")).get("AIGC")
    told = _object(texts.xmp.get(f"{{{TC260}}}AIGC", "") or texts.chunks.get("AIGC", ""))
    if isinstance(labelled, dict):
        told = labelled
    yield from _chosen(told, {name: name for name in AIGC_FIELDS})


def _exif(texts: Texts) -> Iterator[Fact]:
    for tag, label in (
        ("ImageDescription", "description"),
        ("Artist", "artist"),
        ("Copyright", "copyright"),
        ("Software", "software"),
        ("Make", "camera"),
        ("Model", "camera model"),
        ("DateTimeOriginal", "taken"),
        ("GPSInfo", "place"),
    ):
        yield label, texts.exif.get(tag, "")


def _older_iptc(texts: Texts) -> Iterator[Fact]:
    yield from texts.iptc.items()


CONVENTIONS: Mapping[str, Callable[[Texts], Iterator[Fact]]] = {
    "AUTOMATIC1111": _webui,
    "SwarmUI": _swarm,
    "ComfyUI": _comfy,
    "InvokeAI": _invoke,
    "NovelAI": _novel,
    "Midjourney": _midjourney,
    "mflux": _mflux,
    "IPTC": _iptc,
    "TC260 AIGC": _aigc,
    "EXIF": _exif,
    "IPTC-IIM": _older_iptc,
}


def _object(text: str) -> Mapping[str, object]:
    """Return the JSON object that *text* is; an empty one if it is none."""
    if not text.lstrip().startswith("{"):
        return {}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _after(text: str, prefix: str) -> str:
    return text[len(prefix) :] if text.lower().startswith(prefix) else ""


def _chosen(told: Mapping[str, object], labels: Mapping[str, str]) -> Iterator[Fact]:
    return ((label, _text(told.get(name))) for name, label in labels.items())


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
