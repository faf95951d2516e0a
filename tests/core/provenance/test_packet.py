import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.provenance.packet import (
    COMPOSED,
    DC,
    GENERATED,
    IPTC,
    LONGEST,
    OURS,
    XMP,
    packet_of,
    properties_in,
    record_in,
)
from cpa_image_cli.core.provenance.record import Record

PROMPT = '一只松鼠 🐿 <b>&amp;\r\n\t"quoted" ]]>'


def test_the_prompt_stands_where_each_kind_of_reader_looks() -> None:
    record = Record(
        prompt=PROMPT, model="gpt-5.4", parameters={"image_model": "gpt-image-2"}, made_at="2026-11-28T07:00:00+00:00"
    )

    told = properties_in(packet_of(record, creator="cpa-image 1.0"))

    assert told[f"{{{DC}}}description"] == PROMPT
    assert told[f"{{{IPTC}}}AIPromptInformation"] == PROMPT
    assert told[f"{{{IPTC}}}AISystemUsed"] == "gpt-image-2 (gpt-5.4)"
    assert told[f"{{{IPTC}}}DigitalSourceType"] == GENERATED
    assert told[f"{{{XMP}}}CreatorTool"] == "cpa-image 1.0"
    assert told[f"{{{XMP}}}CreateDate"] == "2026-11-28T07:00:00+00:00"
    assert json.loads(told[f"{{{OURS}}}request"])["prompt"] == PROMPT


def test_a_picture_made_from_pictures_is_called_a_composite() -> None:
    told = properties_in(packet_of(Record(prompt="a cat", parents=("a" * 64,)), creator="x"))

    assert told[f"{{{IPTC}}}DigitalSourceType"] == COMPOSED
    assert told[f"{{{IPTC}}}AISystemUsed"] == "image_generation"


def test_the_description_can_be_left_out() -> None:
    assert f"{{{DC}}}description" not in properties_in(packet_of(Record(prompt="a"), creator="x", describes=False))


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_every_prompt_comes_back_exactly_through_the_json(prompt: str) -> None:
    record = Record(prompt=prompt.strip())

    assert record_in(packet_of(record, creator="x")) == record


@given(st.text())
def test_every_packet_is_well_formed(prompt: str) -> None:
    ET.fromstring(packet_of(Record(prompt=prompt, model=prompt), creator=prompt))


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_are_too_odd_to_be_looked_at(data: bytes) -> None:
    assert record_in(data) is None
    assert record_in(b"<x:xmpmeta>" + data) is None


def packet_saying(request: str) -> bytes:
    own = f'<rdf:Description xmlns:c="{OURS}" c:request="{request}"/>'
    return f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{own}</rdf:RDF>'.encode()


@pytest.mark.parametrize("told", ["no json", "[]", "{}", "[" * 5000, "{&quot;prompt&quot;: 7}"])
def test_a_request_that_makes_no_sense_is_no_record(told: str) -> None:
    assert record_in(packet_saying(told)) is None


def test_a_property_written_as_an_attribute_is_read_as_well() -> None:
    assert record_in(packet_saying("{&quot;prompt&quot;:&quot;a cat&quot;}")) == Record(prompt="a cat")


def test_entities_are_refused_before_they_can_grow() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + packet_saying("{}")

    assert properties_in(bomb) == {}


def test_a_packet_beyond_reason_is_not_looked_at() -> None:
    assert properties_in(b" " * (LONGEST + 1)) == {}


def test_lists_and_references_are_values_too() -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    body = (
        f'<rdf:RDF xmlns:rdf="{rdf}" xmlns:dc="{DC}"><rdf:Description>'
        "<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li/></rdf:Seq></dc:creator>"
        '<dc:source rdf:resource="urn:x"/><dc:type/></rdf:Description></rdf:RDF>'
    )

    told = properties_in(body.encode())

    assert told == {f"{{{DC}}}creator": "A, ", f"{{{DC}}}source": "urn:x", f"{{{DC}}}type": ""}
