from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.adapters.provenance.credentials import carrying, credentials_of
from cpa_image_cli.adapters.provenance.embedding import png_chunk, with_packet, write_anew
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.core.provenance.credentials import Binding, Credentials
from tests.adapters.provenance.samples import complaints, signed, written

SIGNED = ("png", "jpeg", "lossy.webp", "lossless.webp", "alpha.webp")

CLAIMS = Credentials(
    signer="Signer Organisation",
    generator="Test Media Service 1.0",
    agents=("gpt-image 2.0",),
    actions=("created",),
    source_type="trainedAlgorithmicMedia",
    signed_on="2026-11-20",
    binding=Binding.UNCHANGED,
)


@pytest.mark.parametrize("kind", SIGNED)
def test_what_was_signed_is_told_and_its_bytes_are_as_signed(kind: str, tmp_path: Path) -> None:
    path = signed(written(tmp_path, kind), tmp_path / f"signed.{kind}")

    assert credentials_of(container_of(path)) == CLAIMS
    assert complaints(path) == set()


@pytest.mark.parametrize("kind", SIGNED)
def test_a_packet_put_in_afterwards_is_seen_to_change_the_bytes(kind: str, tmp_path: Path) -> None:
    path = signed(written(tmp_path, kind), tmp_path / f"signed.{kind}")
    container = container_of(path)

    write_anew(container, with_packet(container, b"<x/>"), path)

    assert credentials_of(container_of(path)) == replace(CLAIMS, binding=Binding.CHANGED)
    assert complaints(path) != set()


def test_a_picture_without_any_has_none(tmp_path: Path) -> None:
    assert credentials_of(container_of(written(tmp_path, "png"))) is None


@pytest.mark.parametrize(
    "store", [b"", b"no boxes at all", b"\0\0\0\x08jumb", b"\xff" * 40], ids=["empty", "text", "bare", "long"]
)
def test_credentials_that_cannot_be_read_are_there_and_claim_nothing(store: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    data = path.read_bytes()
    path.write_bytes(data[:33] + png_chunk(b"caBX", store) + data[33:])

    assert credentials_of(container_of(path)) == Credentials()


@pytest.mark.parametrize("at", range(60, 4000, 97))
def test_a_manifest_spoiled_anywhere_is_read_or_passed_over(at: int, tmp_path: Path) -> None:
    path = signed(written(tmp_path, "png"), tmp_path / "signed.png")
    (part,) = carrying(container_of(path))
    data = bytearray(path.read_bytes())
    data[part.data_at + at % part.data_length] ^= 0xFF
    path.write_bytes(data)

    assert isinstance(credentials_of(container_of(path)), Credentials)
