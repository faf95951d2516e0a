"""A decided job: one picture to make, nothing open any more and nothing sent."""

from collections.abc import Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.inputs import InputPicture
from cpa_image_cli.core.pictures.mask import InputMask
from cpa_image_cli.core.secret import Secret

DEFAULT_INSTRUCTIONS = "you are a helpful assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """
    Who the client says it is. *version* is left out of the headers when empty.

    *session_is_users* says that a person chose *session_id*; then retries keep it.
    """

    user_agent: str
    version: str
    originator: str
    session_id: str
    session_is_users: bool = False

    def session_for(self, attempt: int) -> str:
        """Return the session id of attempt number *attempt* (1-based)."""
        return self.session_id if attempt == 1 or self.session_is_users else f"{self.session_id}-{attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One picture to make: everything decided, nothing sent.

    *fetch_url* allows to fetch a picture whose address came in its place.
    *url* is the full address of the endpoint; *gateway* is the base URL as it may be shown. *key* is None for an
    endpoint without keys. *notices* are warnings found while deciding. *inputs* go with the prompt, the one to edit
    first; then *text* is what is sent in place of the prompt. *mask* says where the first of them may change.
    """

    prompt: str
    model: str
    options: ImageOptions
    url: str
    gateway: str
    identity: Identity
    key: Secret | None
    instructions: str = DEFAULT_INSTRUCTIONS
    stream: bool = False
    fetch_url: bool = False
    extra_headers: Mapping[str, Secret] = field(default_factory=dict)
    model_source: str = "default"
    gateway_source: str = "--base-url"
    key_source: str = ""
    notices: tuple[Notice, ...] = ()
    inputs: tuple[InputPicture, ...] = ()
    mask: InputMask | None = None
    text: str | None = None

    @property
    def frames(self) -> int:
        """Return how many preview frames were asked for."""
        return int(self.options.partial_images or 0) if self.stream else 0

    @property
    def requested(self) -> dict[str, str]:
        """Return size, quality and format as far as they were asked for."""
        wanted = {"size": self.options.size, "quality": self.options.quality, "format": self.options.output_format}
        return {name: value for name, value in wanted.items() if value is not None}
