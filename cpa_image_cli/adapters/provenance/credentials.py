"""
Reads content credentials (C2PA 2.2) without judging trust: who signed, what drew the picture, whether its bytes are so.

Where the manifest store lies: a PNG's ``caBX`` chunk, a JPEG's APP11 segments, a WebP's ``C2PA`` chunk (annex A). What
binds it to the file: ``c2pa.hash.data``, a hash over all bytes but for listed ranges (§9.2), is computed again. What
generators of pictures are seen to write is one such assertion that excludes the manifest alone.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping

from cpa_image_cli.adapters.provenance.parts import Container, Part
from cpa_image_cli.core.provenance.credentials import Binding, Credentials
from cpa_image_cli.core.provenance.jumbf import Box, MalformedBoxes, boxes_in

LONGEST_STORE = 16 << 20
"""Bytes. Real ones: 20 to 100 KB, a few MiB with many ingredients."""

MOST_RANGES = 1000
ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})

_JPEG_HEADER = 8
"""Bytes of a JPEG segment before its box: two of mark, two of instance, four of sequence number."""

_X5CHAIN = 33
"""The label of the certificates in a COSE header (RFC 9360)."""


def carrying(container: Container) -> tuple[Part, ...]:
    """Return the parts of *container* in which content credentials lie."""
    if container.format == "jpeg":
        return tuple(part for part in container.all("APP11") if container.read(part, 2) == b"JP")
    return container.all("caBX", "C2PA")


def credentials_of(container: Container) -> Credentials | None:
    """Return what the newest manifest of *container* claims; None without one, blank if it cannot be read."""
    parts = carrying(container)
    if not parts:
        return None
    try:
        store = next((box for box in boxes_in(_store(container, parts)) if box.label == "c2pa"), Box(label=""))
    except MalformedBoxes:
        return Credentials()
    if not store.boxes:
        return Credentials()
    manifest = store.boxes[-1]
    assertions = _assertions(manifest)
    agents, actions, source_type, on = _actions(assertions)
    return Credentials(
        signer=_signer(_cbor(_content(manifest, "c2pa.signature"))),
        generator=_generator(_claim(manifest)),
        agents=agents,
        actions=actions,
        source_type=source_type,
        signed_on=on,
        manifests=len(store.boxes),
        binding=_binding(container, parts, assertions),
    )


def _store(container: Container, parts: tuple[Part, ...]) -> bytes:
    pieces = [container.read(part, LONGEST_STORE) for part in parts]
    if container.format != "jpeg":
        return pieces[0]
    # Every segment repeats the length and the type of the box that they share.
    first, *others = (piece[_JPEG_HEADER:] for piece in pieces)
    return (first + b"".join(piece[8:] for piece in others))[:LONGEST_STORE]


def _cbor(data: bytes) -> object:
    import cbor2

    try:
        return cbor2.load(io.BytesIO(data)) if data else None
    except (cbor2.CBORError, ValueError, RecursionError, TypeError, ArithmeticError, MemoryError):
        return None


def _content(manifest: Box, label: str) -> bytes:
    box = manifest.named(label)
    return box.content("cbor") if box else b""


def _claim(manifest: Box) -> object:
    return _cbor(_content(manifest, "c2pa.claim.v2") or _content(manifest, "c2pa.claim"))


def _assertions(manifest: Box) -> Mapping[str, object]:
    store = manifest.named("c2pa.assertions")
    return {box.label: _cbor(box.content("cbor")) for box in (store.boxes if store else ())}


def _generator(claim: object) -> str:
    told = _member(claim, "claim_generator_info")
    info = told[0] if isinstance(told, list) and told else told
    name = _text(_member(info, "name"))
    return f"{name} {_text(_member(info, 'version'))}".strip() if name else _text(_member(claim, "claim_generator"))


def _actions(assertions: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...], str, str]:
    told = next((value for label, value in assertions.items() if label.startswith("c2pa.actions")), None)
    found = _member(told, "actions")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    kinds = (_text(row.get("digitalSourceType")).rpartition("/")[2] for row in rows)
    return (
        _once(_agent(row.get("softwareAgent")) for row in rows),
        _once(_text(row.get("action")).removeprefix("c2pa.") for row in rows),
        next(filter(None, kinds), ""),
        next(filter(None, (_text(row.get("when"))[:10] for row in rows)), ""),
    )


def _agent(value: object) -> str:
    return f"{_text(_member(value, 'name'))} {_text(_member(value, 'version'))}".strip() or _text(value)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _member(value: object, name: object) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)[:10] if hasattr(value, "isoformat") else ""


def _signer(signature: object) -> str:
    """Return whom the first certificate of a COSE signature names: its organisation, or its common name."""
    content = getattr(signature, "value", signature)
    if not isinstance(content, list | tuple) or len(content) < 2:  # noqa: PLR2004 - protected and unprotected headers
        return ""
    protected = _cbor(content[0]) if isinstance(content[0], bytes) else None
    chains = (_member(header, label) for header in (protected, content[1]) for label in (_X5CHAIN, "x5chain"))
    chain = next((chain for chain in chains if chain), None)
    first = chain[0] if isinstance(chain, list | tuple) and chain else chain
    return _subject(first) if isinstance(first, bytes) else ""


_ORGANISATION, _COMMON_NAME = b"\x06\x03\x55\x04\x0a", b"\x06\x03\x55\x04\x03"
"""The object identifiers 2.5.4.10 and 2.5.4.3 in DER."""


def _subject(certificate: bytes) -> str:
    for kind in (_ORGANISATION, _COMMON_NAME):
        # The issuer's name comes before the subject's; a name has each kind at most once.
        at = certificate.rfind(kind)
        if at >= 0:
            length = certificate[at + len(kind) + 1 : at + len(kind) + 2]
            start = at + len(kind) + 2
            return certificate[start : start + int.from_bytes(length)].decode(errors="replace")
    return ""


def _binding(container: Container, parts: tuple[Part, ...], assertions: Mapping[str, object]) -> Binding:
    told = next((value for label, value in assertions.items() if label.startswith("c2pa.hash.data")), None)
    wanted, algorithm = _member(told, "hash"), _text(_member(told, "alg")) or "sha256"
    ranges = _ranges(_member(told, "exclusions"))
    if not isinstance(wanted, bytes) or algorithm not in ALGORITHMS or ranges is None:
        return Binding.NOT_EXAMINED
    if _hash_without(container, ranges, algorithm) != wanted:
        return Binding.CHANGED
    own = [range(part.start, part.end) for part in parts]
    is_only_own = all(any(start in part and start + length - 1 in part for part in own) for start, length in ranges)
    spans_own = own and all(start >= own[0].start and start + length <= own[-1].stop for start, length in ranges)
    return Binding.UNCHANGED if is_only_own or spans_own else Binding.UNCHANGED_BUT_FOR_EXCLUDED


def _ranges(exclusions: object) -> list[tuple[int, int]] | None:
    """Return the excluded ranges in order; None if they make no sense."""
    rows = exclusions if isinstance(exclusions, list) else []
    found = [(_member(row, "start"), _member(row, "length")) for row in rows[:MOST_RANGES]]
    ranges = [(start, length) for start, length in found if isinstance(start, int) and isinstance(length, int)]
    sensible = len(ranges) == len(rows) and all(start >= 0 and length > 0 for start, length in ranges)
    return sorted(ranges) if sensible else None


def _hash_without(container: Container, ranges: list[tuple[int, int]], algorithm: str) -> bytes:
    digest = hashlib.new(algorithm)
    for start, end in _left(ranges, container.parts[-1].end):
        for piece in container.pieces(start, end - start):
            digest.update(piece)
    return digest.digest()


def _left(ranges: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, length in ranges:
        if start > at:
            yield at, min(start, size)
        at = max(at, start + length)
    if at < size:
        yield at, size
