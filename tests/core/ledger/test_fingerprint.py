from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.ledger.fingerprint import fingerprint, fingerprint_of
from cpa_image_cli.core.pictures.inputs import InputPicture, Origin, Parent
from cpa_image_cli.core.pictures.mask import InputMask


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes in memory."""

    content: bytes

    @property
    def length(self) -> int:
        return len(self.content)

    def pieces(self) -> Iterator[bytes]:
        yield self.content


JOB = Job(
    prompt="画一只松鼠",
    model="gpt-5.4",
    options=ImageOptions(size="1024x1024"),
    url="https://gateway.example/v1/responses",
    gateway="https://gateway.example/v1",
    identity=Identity(user_agent="a", version="1", originator="o", session_id="s"),
    key=None,
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(JOB, url="https://other.example/v1/responses", gateway="https://other.example/v1"),
        replace(JOB, identity=replace(JOB.identity, session_id="another")),
        replace(JOB, stream=True, options=replace(JOB.options, partial_images="3")),
        replace(JOB, model_source="--model"),
    ],
)
def test_who_asks_where_and_who_watches_decide_nothing(changed: Job) -> None:
    assert fingerprint_of(changed) == fingerprint_of(JOB)


@pytest.mark.parametrize(
    "changed",
    [
        replace(JOB, prompt="画一只松鼠 "),
        replace(JOB, model="gpt-5.5"),
        replace(JOB, instructions="你是一个画家"),
        replace(JOB, options=ImageOptions(size="1024x1024", quality="high")),
        replace(JOB, options=ImageOptions(size="1024x1024", output_format="webp")),
        replace(JOB, gateway="sandbox"),
    ],
)
def test_all_that_decides_the_picture_counts(changed: Job) -> None:
    assert fingerprint_of(changed) != fingerprint_of(JOB)


def test_pictures_it_starts_from_count_by_their_hash_and_their_order() -> None:
    def of(**more: object) -> str:
        return fingerprint(prompt="p", model="m", instructions="i", options={}, **more)  # type: ignore[arg-type]

    assert len({of(), of(inputs=["aa", "bb"]), of(inputs=["bb", "aa"]), of(inputs=["aa"], mask="bb")}) == 4


def test_of_a_job_with_pictures_their_own_bytes_count_and_those_of_the_mask() -> None:
    def edited(sha256: str, mask: bytes | None = None, text: str = "t") -> str:
        parent = Parent(name="a.png", origin=Origin.FILE, sha256=sha256)
        picture = InputPicture(shown="a", format="png", width=1, height=1, content=Held(b""), parent=parent)
        given = InputMask(shown="m", content=Held(mask), opened=0.5) if mask else None
        return fingerprint_of(replace(JOB, inputs=(picture,), mask=given, text=text))

    found = {edited("aa"), edited("bb"), edited("aa", b"m"), edited("aa", b"n"), edited("aa", text="u")}
    assert len(found) == 5
    assert edited("aa", b"m") == edited("aa", b"m")


def test_a_fingerprint_of_today_is_the_one_of_tomorrow() -> None:
    # It lies in ledgers: changed, every batch would be made, and paid for, again.
    known = fingerprint(prompt="画一只松鼠", model="gpt-5.4", instructions="i", options={"size": "auto"})

    assert known == "b59b3fe7048217e1284b2412a05aca8153f2af97e77079e2538b2f3fe71fb93c"
