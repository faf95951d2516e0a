"""
Decides which pictures of an answer are kept, and which of them a string in an event stands for.

The lifter takes long base64 out of the text as it passes and leaves a placeholder; `AnswerPictures` remembers what
each one stands for. Where the bytes go is the caller's `Blob`; this module never sees a file.
"""

import re
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.wire.base64_pieces import decoded
from cpa_image_cli.core.wire.blob_lifter import LEFT_OUT, BlobEnded, find_placeholder, odd_placeholder
from cpa_image_cli.core.wire.picture_search import FINAL_FIELDS, FRAME_FIELD, begins_a_picture

PICTURE_FIELDS = FINAL_FIELDS | {FRAME_FIELD}
"""Long base64 under any other key that does not begin as a picture is none; where it stood, a remark is read."""

MAX_BLOBS = 64
MAX_FRAMES = 16
"""Pictures of one answer, frames included, that get a `Blob`, and how many of them may be frames: each is a file."""

_NOT_KEPT = "the picture came in a form that is not known, or after too many others"
_ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)


class Blob(Protocol):
    """A place for the bytes of one picture, outside memory."""

    def write(self, data: bytes) -> None:
        """Append *data*."""

    def close(self) -> None:
        """No more bytes come."""

    def discard(self) -> None:
        """Nobody wants these bytes."""


B = TypeVar("B", bound=Blob)


@dataclass(slots=True)
class _Run(Generic[B]):
    """A run that was lifted out: the JSON key it came under, how it ended, and its bytes if they were kept."""

    field: str
    ended: BlobEnded
    blob: B | None
    taken: bool = False
    is_frame: bool = False


class NotAPicture(Exception):  # noqa: N818 - says what happened
    """A ``result`` that holds no picture; *code* and the message say what it holds, *address* where it may lie."""

    def __init__(self, message: str, code: Code = Code.IMAGE_DAMAGED, *, address: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.address = address


class AnswerPictures(Generic[B]):
    """
    The pictures of one answer.

    *nonce* is a random text that the server cannot know. *open_blob* is called as each wanted picture begins.
    *wants_frames* says whether preview frames are kept or only measured. Set *satisfied* once a good picture is in
    hand: from then on further copies are measured only.
    """

    def __init__(self, *, nonce: str, open_blob: Callable[[], B], wants_frames: bool) -> None:
        self.nonce = nonce
        self.satisfied = False
        self._open_blob = open_blob
        self._wants_frames = wants_frames
        self._field = ""
        self._head = ""
        self._open: B | None = None
        self._runs: dict[int, _Run[B]] = {}
        self._kept = 0

    # While the answer is read

    def wants(self, field: str, head: str) -> bool:
        """Whether a picture that comes under the JSON key *field* and begins with *head* would be kept."""
        if self.satisfied:
            return False
        if field == FRAME_FIELD:
            return self._wants_frames and self._kept < MAX_FRAMES
        return (field in FINAL_FIELDS or begins_a_picture(head)) and self._kept < MAX_BLOBS

    def begin(self, field: str, head: str) -> None:
        """Take note that a run begins under *field* with *head*."""
        self._field, self._head = field, head
        self._open = self._open_blob() if self.wants(field, head) else None

    def write(self, data: bytes) -> None:
        """Append *data* to the run that began last, which is wanted."""
        assert self._open is not None  # noqa: S101 - only what is wanted is decoded
        self._open.write(data)

    def end(self, ended: BlobEnded) -> str | None:
        """Remember how the run ended; return what shall stand for it in the text, None for its placeholder."""
        blob, self._open = self._open, None
        self._runs[ended.number] = _Run(self._field, ended, blob)
        if blob is not None:
            blob.close()
            self._kept += 1
        if self._field in PICTURE_FIELDS:
            return None
        return odd_placeholder(self.nonce, ended.number) if begins_a_picture(self._head) else LEFT_OUT

    # When an event speaks of one

    def take(self, result: str) -> B | None:
        """
        Return the bytes that the string *result* stands for; None when nobody wanted them kept.

        Raises: NotAPicture.
        """
        return self._taken(result, field="result")

    def take_frame(self, result: str) -> B | None:
        """Return the bytes of a preview frame as `take` does, or None for one more than are kept."""
        return self._taken(result, field=FRAME_FIELD)

    def set_aside(self, result: str) -> None:
        """Take note that the string *result* stands for a preview frame, whatever it came under."""
        run = self._run_of(result)
        if run is not None:
            run.is_frame = True

    def size_of(self, result: str) -> int:
        """Return the size in bytes of the picture that *result* stands for, whether or not it was kept."""
        run = self._run_of(result)
        return run.ended.size if run else len(result) * 3 // 4

    def whole_results(self) -> Iterator[B]:
        """
        Yield finished pictures that arrived whole but that nobody took, since no event named them; never a frame.

        The text around them may be broken, or say something new.
        """
        for run in self._runs.values():
            is_free = run.field == "result" and not run.taken and not run.is_frame
            if is_free and run.blob is not None and not run.ended.problem:
                yield run.blob

    def _taken(self, result: str, *, field: str) -> B | None:
        if _ADDRESS.match(result):
            raise NotAPicture(Code.IMAGE_BY_URL.meaning, Code.IMAGE_BY_URL, address=result.strip())
        run = self._run_of(result)
        if run is None:
            return self._inline(result, field=field)
        run.taken = True
        if run.ended.problem:
            raise NotAPicture(f"the picture's base64 is damaged: {run.ended.problem}")
        if run.blob is None:
            self._excuse(run.field)
        return run.blob

    def _excuse(self, field: str) -> None:
        """Raise NotAPicture unless there is a good reason for not having kept what came under *field*."""
        if not self.satisfied and field != FRAME_FIELD:
            raise NotAPicture(_NOT_KEPT)

    def _run_of(self, result: str) -> "_Run[B] | None":
        number = find_placeholder(result, self.nonce)
        return self._runs.get(number) if number is not None else None

    def _inline(self, result: str, *, field: str) -> B | None:
        """Decode base64 that was too short to be lifted."""
        data = decoded(re.sub(r"\A\s*data:[^,]*,", "", result))
        if data is None:
            raise NotAPicture(_NOT_KEPT if LEFT_OUT in result else "what came in place of a picture is not base64")
        if not self.wants(field, result):
            self._excuse(field)
            return None
        blob = self._open_blob()
        blob.write(data)
        blob.close()
        self._kept += 1
        return blob
