"""
Decides what is sent: the body and the headers of the one request this program makes.

The shape mirrors what a Codex-style client sends and gateways are known to pass through. When a gateway answers
differently, the parser is taught, not this request. Facts: CLIProxyAPI overrides ``store`` and ``parallel_tool_calls``,
rejects an object ``tool_choice`` for some accounts, and uses ``session_id`` to pin a client to one upstream account,
which is why every retry gets another.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from cpa_image_cli.core.endpoint import shown_url
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.options import ImageOptions
from cpa_image_cli.core.outcome import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import json_text

DEFAULT_INSTRUCTIONS = "you are a helpful assistant"

MAX_PROMPT = 32_000
"""Characters. The limit of the image models' own prompt."""

KEY_VARIABLE = "IMAGE_GEN_KEY"


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

    *url* is the full address of the endpoint; *gateway* is the base URL as it may be shown. *key* is None for an
    endpoint without keys. *notices* are warnings found while deciding.
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
    extra_headers: Mapping[str, Secret] = field(default_factory=dict)
    model_source: str = "default"
    gateway_source: str = "--base-url"
    notices: tuple[Notice, ...] = ()

    @property
    def frames(self) -> int:
        """Return how many preview frames were asked for."""
        return int(self.options.partial_images or 0) if self.stream else 0

    @property
    def requested(self) -> dict[str, str]:
        """Return size, quality and format as far as they were asked for."""
        wanted = {"size": self.options.size, "quality": self.options.quality, "format": self.options.output_format}
        return {name: value for name, value in wanted.items() if value is not None}


def checked_prompt(text: str) -> str:
    """
    Return *text* as it will be sent, without surrounding blank lines.

    Raises: UsageError for an empty or overlong prompt, or one that is not text.
    """
    prompt = text.strip()
    if not prompt:
        raise UsageError("the prompt is empty", hint='Say what to draw: cpa-image generate "a red squirrel"')
    if len(prompt) > MAX_PROMPT:
        raise UsageError(f"the prompt has {len(prompt):,} characters; the limit is {MAX_PROMPT:,}")
    try:
        prompt.encode()
    except UnicodeEncodeError:
        raise UsageError("the prompt is not valid UTF-8", hint="Check the encoding of the terminal or file.") from None
    return prompt


def body_of(job: Job) -> dict[str, object]:
    """Return the request's body. A plain prompt goes as a string."""
    return {
        "model": job.model,
        "input": job.prompt,
        "tools": [job.options.as_tool()],
        "instructions": job.instructions,
        "tool_choice": "auto",
        "stream": job.stream,
        "store": False,
    }


def encoded(body: Mapping[str, object]) -> bytes:
    """Return *body* as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(job: Job, *, attempt: int) -> dict[str, str]:
    """Return the headers of attempt number *attempt*, but for the key and other secrets."""
    identity = job.identity
    session = identity.session_for(attempt)
    headers = {
        "content-type": "application/json",
        "accept": "text/event-stream" if job.stream else "application/json",
        "user-agent": identity.user_agent,
        "version": identity.version,
        "originator": identity.originator,
        "session_id": session,
        # nginx drops header names with an underscore unless told otherwise.
        "session-id": session,
    }
    return {name: value for name, value in headers.items() if value}


def as_curl(job: Job, *, sends_key: bool) -> str:
    """
    Return the ``curl`` command that sends the same request.

    With *sends_key*, ``$IMAGE_GEN_KEY`` stands in place of the key, which nobody needs to know for that.
    """
    headers = [shlex.quote(f"{name}: {value}") for name, value in headers_of(job, attempt=1).items()]
    headers += [shlex.quote(f"{name}: {value.masked()}") for name, value in job.extra_headers.items()]
    if sends_key:
        headers.append(f'"authorization: Bearer ${KEY_VARIABLE}"')
    lines = [f"curl --no-buffer {shlex.quote(shown_url(job.url))}"]
    lines += [f"  -H {header}" for header in headers]
    lines.append(f"  --data-raw {shlex.quote(json_text(body_of(job)))}")
    return " \\\n".join(lines)
