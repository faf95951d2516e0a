"""What ``inspect --json`` prints. Everything under ``found`` and ``credentials`` is a quotation from the file."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict


class OriginObject(TypedDict):
    """Where the request was found that made the picture."""

    source: Annotated[str, "packet, sidecar, history or history_by_picture."]
    prompt: str
    model: str
    parameters: Mapping[str, str]
    revised_prompt: str
    parents: Annotated[list[str], "SHA-256 of the pictures that were sent along."]
    made_at: str
    run: Annotated[str | None, "Id of the run in history."]
    belongs: Annotated[bool | None, "Whether the record was written for this very picture; null if it does not say."]


class FoundObject(TypedDict):
    """What one program or standard wrote into the file; nobody vouches for it."""

    convention: str
    facts: Annotated[list[list[str]], "Pairs of a label and a text."]


class CredentialsObject(TypedDict):
    """What the content credentials claim. The signature is not checked and trust is not judged."""

    signer: str | None
    generator: str | None
    agents: Annotated[list[str], "Models or programs that the actions name."]
    actions: list[str]
    source_type: str | None
    signed_on: str | None
    manifests: int
    binding: Annotated[str, "unchanged, unchanged_but_for_excluded, changed or not_examined."]


class InspectedObject(TypedDict):
    """One file."""

    file: str
    format: str
    width: int
    height: int
    bytes: int
    animated: bool
    alpha: bool
    icc_profile: bool
    sha256: str
    picture_sha256: Annotated[str, "Of the coded picture alone: the same after metadata was added or removed."]
    carries: Annotated[list[str], "What the file holds beside the picture."]
    origin: OriginObject | None
    found: list[FoundObject]
    credentials: CredentialsObject | None


class InspectionObject(TypedDict):
    """All files that were named, in their order."""

    schema: Literal["cpa-image/inspection/1"]
    files: list[InspectedObject]


class StrippedObject(TypedDict):
    """What ``strip --json`` prints."""

    schema: Literal["cpa-image/stripped/1"]
    output: str
    removed: Annotated[list[str], "What was taken out."]
    left: Annotated[list[str], "What was found in the copy all the same."]
    picture_sha256: Annotated[str, "Of the coded picture, which is the same in both."]


class DifferenceObject(TypedDict):
    """One respect in which two pictures, or their requests, differ."""

    name: str
    first: str | None
    second: str | None


class ComparedObject(TypedDict):
    """What ``compare --json`` prints."""

    schema: Literal["cpa-image/compared/1"]
    first: InspectedObject
    second: InspectedObject
    differences: list[DifferenceObject]
    changed: Annotated[float, "Share of pixels that differ beyond a small tolerance, from 0 to 1."]
    psnr_db: Annotated[float | None, "Peak signal-to-noise ratio in dB; null if no pixel differs."]
    scaled: Annotated[bool, "The second picture was scaled to the size of the first before it was compared."]
