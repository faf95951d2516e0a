"""
Decides what is sent: the body and the headers of the one request this program makes.

The shape mirrors what a Codex-style client sends and gateways are known to pass through. When a gateway answers
differently, the parser is taught, not this request. Facts: CLIProxyAPI overrides ``store`` and ``parallel_tool_calls``,
rejects an object ``tool_choice`` for some accounts, and uses ``session_id`` to pin a client to one upstream account,
which is why every retry gets another.
"""

import shlex

from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.text import json_text

KEY_VARIABLE = "IMAGE_GEN_KEY"


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
