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
from cpa_image_cli.core.text import harmless_json, json_text, one_line
from cpa_image_cli.core.wire.body import DataUrl, json_body

KEY_VARIABLE = "IMAGE_GEN_KEY"
"""Stands for the key where no variable holds it: a program prints it, or OpenClaw has it."""


def body_of(job: Job) -> dict[str, object]:
    """Return the request's body, with a `DataUrl` for each picture. A plain prompt goes as a string."""
    return {
        "model": job.model,
        "input": _input(job),
        "tools": [_tool(job)],
        "instructions": job.instructions,
        "tool_choice": "auto",
        "stream": job.stream,
        "store": False,
    }


def _input(job: Job) -> object:
    """Return the prompt, or the one message that holds it and the pictures after it: nothing else is portable."""
    if not job.inputs:
        return job.prompt
    text = {"type": "input_text", "text": job.text or job.prompt}
    pictures = ({"type": "input_image", "image_url": DataUrl(each.media_type, each.content)} for each in job.inputs)
    return [{"role": "user", "content": [text, *pictures]}]


def _tool(job: Job) -> dict[str, object]:
    tool = job.options.as_tool()
    if job.mask is not None:
        tool["input_image_mask"] = {"image_url": DataUrl("image/png", job.mask.content)}
    return tool


def shown_body(job: Job) -> object:
    """Return the request's body as it may be printed: of each picture only the beginning."""
    return _shown(body_of(job))


def _shown(value: object) -> object:
    match value:
        case DataUrl():
            return value.shown()
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list():
            return [_shown(inner) for inner in value]
        case _:
            return value


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


def shown_headers(job: Job, *, key_variable: str | None) -> dict[str, str]:
    """Return all headers of the first attempt as they may be shown, ``$`` and *key_variable* in place of the key."""
    secret = {name: value.masked() for name, value in job.extra_headers.items()}
    key = {"authorization": f"Bearer ${key_variable}"} if key_variable else {}
    return headers_of(job, attempt=1) | secret | key


def as_curl(job: Job, *, key_variable: str | None) -> str:
    """
    Return the ``curl`` command that sends the same request.

    ``$`` and *key_variable* stand in place of the key, which nobody needs to know for that; None sends none.
    """
    headers = [shlex.quote(f"{name}: {value}") for name, value in headers_of(job, attempt=1).items()]
    headers += [shlex.quote(f"{name}: {value.masked()}") for name, value in job.extra_headers.items()]
    if key_variable:
        headers.append(f'"authorization: Bearer ${key_variable}"')
    lines = [f"curl --no-buffer {shlex.quote(shown_url(job.url))}"]
    lines += [f"  -H {header}" for header in headers]
    if not job.inputs:
        return " \\\n".join([*lines, f"  --data-raw {shlex.quote(json_text(body_of(job)))}"])
    return _piped_body(job) + " \\\n".join([*lines, "  --data-binary @-"])


def _piped_body(job: Job) -> str:
    """Return shell that writes the body into a pipe: the files as they lie there, which no argument could hold."""
    files = [picture.parent.path or picture.shown for picture in job.inputs]
    files += [job.mask.shown] if job.mask else []
    lines: list[str] = []
    text = ""
    for part in json_body(body_of(job)).parts:
        if isinstance(part, bytes):
            text += part.decode()
            continue
        lines += [f"  printf %s {shlex.quote(harmless_json(text + part.start))}", _as_base64(files[len(lines) // 2])]
        text = ""
    return "\n".join(["{", *lines, f"  printf %s {shlex.quote(harmless_json(text))}", "} | "])


def _as_base64(file: str) -> str:
    return f"  base64 < {shlex.quote(one_line(file))} | tr -d '\\n'"
