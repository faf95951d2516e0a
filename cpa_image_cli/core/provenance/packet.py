"""
Writes and reads the one XMP packet that carries a record, inside a picture or beside it.

The prompt stands in it three times: for whoever reads ``dc:description`` (photo libraries), for readers of the IPTC
2025.1 fields on generated pictures, and exactly, as JSON, for ourselves. Sources: XMP specification part 1 (ISO
16684-1) for the packet, iptc.org's photo metadata standard 2025.1 for the fields, its news codes for the source type.
"""

import json
import re
from xml.etree import ElementTree as ET

from cpa_image_cli.core.provenance.record import Record

LONGEST = 1 << 20
"""Bytes of a packet that are read; one of ours is below 400 KB with the longest prompt."""

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
COMPOSED = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""What IPTC calls a picture made by a model, and one made by a model from pictures."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
XMP = "http://ns.adobe.com/xap/1.0/"
OURS = "urn:cpa-image:provenance#"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def packet_of(record: Record, *, creator: str, describes: bool = True) -> bytes:
    """
    Return the packet of *record* in UTF-8, written by the program *creator*.

    Without *describes* the copy in ``dc:description`` is left out, for containers with little room.
    """
    prompt = _escaped(record.prompt)
    description = (
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{prompt}</rdf:li></rdf:Alt></dc:description>'
        if describes
        else ""
    )
    source = COMPOSED if record.parents else GENERATED
    created = f"<xmp:CreateDate>{_escaped(record.made_at)}</xmp:CreateDate>" if record.made_at else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
        f' xmlns:dc="{DC}" xmlns:Iptc4xmpExt="{IPTC}" xmlns:xmp="{XMP}" xmlns:cpaimage="{OURS}">'
        f"{description}"
        f"<Iptc4xmpExt:AIPromptInformation>{prompt}</Iptc4xmpExt:AIPromptInformation>"
        f"<Iptc4xmpExt:AISystemUsed>{_escaped(_system(record))}</Iptc4xmpExt:AISystemUsed>"
        f"<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>"
        f"<xmp:CreatorTool>{_escaped(creator)}</xmp:CreatorTool>{created}"
        f"<cpaimage:request>{_escaped(json.dumps(record.as_json(), separators=(',', ':')))}</cpaimage:request>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def record_in(packet: bytes) -> Record | None:
    """Return the record that *packet* carries, None if it is not one of ours. It may be hostile."""
    told = properties_in(packet).get(f"{{{OURS}}}request", "")
    try:
        return Record.of_json(json.loads(told)) if told else None
    except (ValueError, RecursionError):
        return None


def properties_in(packet: bytes) -> dict[str, str]:
    """
    Return the simple properties of *packet* by ``{namespace}name``; of alternatives the first, of lists all, joined.

    Empty for what is no XMP. A document type is refused, since entities would grow without bound.
    """
    if len(packet) > LONGEST:
        return {}
    text = packet.decode(errors="replace").strip("\ufeff\0 \t\r\n")
    try:
        root = None if _DECLARES.search(text) else ET.fromstring(text)  # noqa: S314 - no entities can be declared
    except ET.ParseError:
        return {}
    if root is None:
        return {}
    found: dict[str, str] = {}
    for description in root.iter(f"{{{RDF}}}Description"):
        for name, value in description.attrib.items():
            found.setdefault(name, value)
        for node in description:
            found.setdefault(node.tag, _value(node))
    return found


def _value(node: ET.Element) -> str:
    items = [item.text or "" for item in node.iter(f"{{{RDF}}}li")]
    if items:
        return items[0] if node.find(f"{{{RDF}}}Alt") is not None else ", ".join(items)
    return node.text or node.get(f"{{{RDF}}}resource") or ""


def _system(record: Record) -> str:
    drawn_by = record.parameters.get("image_model", "")
    return (
        f"{drawn_by} ({record.model})" if drawn_by and record.model else drawn_by or record.model or "image_generation"
    )


def _escaped(text: str) -> str:
    """Return *text* for XML: what XML cannot hold becomes U+FFFD, and white space comes back as it was."""
    return "".join(_ENTITIES.get(letter, letter) for letter in _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
