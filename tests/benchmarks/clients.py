"""
The programs that are compared: each asks the same gateway for the same picture and saves it.

To compare with another one, add a row to `CLIENTS`.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from answers import MODEL, PROMPT, request_body
from measured import Pipeline

OPENAI = """
import base64, json, sys
import openai

url, request, output = sys.argv[1:]
request = json.loads(request)
client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
answer = client.responses.create(**request)
if request["stream"]:
    items = (event.item for event in answer if event.type == "response.output_item.done")
else:
    items = answer.output
for item in items:
    if item.type == "image_generation_call":
        with open(output, "wb") as file:
            file.write(base64.b64decode(item.result))
"""

URLLIB = """
import base64, json, sys
import urllib.request

url, request, output = sys.argv[1:]
headers = {"content-type": "application/json", "authorization": "Bearer none"}
request = urllib.request.Request(url + "/responses", data=request.encode(), headers=headers)
with urllib.request.urlopen(request) as answer:
    if "event-stream" in answer.headers["content-type"]:
        events = (json.loads(line[6:]) for line in answer if line.startswith(b"data: "))
        items = (event["item"] for event in events if event["type"] == "response.output_item.done")
    else:
        items = json.load(answer)["output"]
    for item in items:
        if item["type"] == "image_generation_call":
            with open(output, "wb") as file:
                file.write(base64.b64decode(item["result"]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a client is to do: ask *url* (with ``/v1``) for a picture in *mode* and save it as *output*."""

    url: str
    mode: str
    output: Path


def _ours(errand: Errand) -> Pipeline:
    asked = ("--stream", "--partial-images", "2") if errand.mode == "streamed" else ("--no-stream",)
    program = str(Path(sys.executable).with_name("cpa-image"))
    named = ("--base-url", errand.url, "--model", MODEL, "-o", str(errand.output))
    return [(program, "generate", PROMPT, *named, *asked)]


def _python(program: str) -> Callable[[Errand], Pipeline]:
    return lambda errand: [
        (sys.executable, "-c", program, errand.url, json.dumps(request_body(errand.mode)), str(errand.output))
    ]


def _curl(errand: Errand) -> Pipeline:
    header = ("-H", "content-type: application/json", "-H", "authorization: Bearer none")
    body = json.dumps(request_body(errand.mode))
    curl = ("curl", "-sSfN", f"{errand.url}/responses", *header, "-d", body)
    if errand.mode == "json":
        picture = '.output[] | select(.type == "image_generation_call") | .result'
        return [curl, ("jq", "-r", picture), ("base64", "-d")]
    # Picking the events before jq parses them halves its time; `grep` instead of `sed` takes a little longer.
    events = r's/^data: \({"type":"response.output_item.done"\)/\1/p'
    picture = '.item | select(.type == "image_generation_call") | .result'
    return [curl, ("sed", "-n", events), ("jq", "-r", picture), ("base64", "-d")]


OURS = "cpa-image"
OPENAI_PACKAGE = "openai package"
PIPELINE = "curl | jq | base64"

CLIENTS: Mapping[str, Callable[[Errand], Pipeline]] = {
    OURS: _ours,
    OPENAI_PACKAGE: _python(OPENAI),
    "urllib + json": _python(URLLIB),
    PIPELINE: _curl,
}
"""The first one is ours; the others are what it is compared with. Only the pipeline writes to its output."""
