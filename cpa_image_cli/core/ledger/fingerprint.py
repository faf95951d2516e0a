"""
Decides whether two jobs ask for the same picture: by a hash over all that decides what it will be.

Where it is put, who asks, over which wire and whether somebody watches decide nothing. Nor does the gateway's address,
which may change while everything else stays; but what the sandbox draws is nobody's picture, so it counts.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.wire.body import Source

WATCHED = frozenset({"partial_images", "stream"})
"""Parameters that are about who looks on, and not about the picture."""


SANDBOX = "sandbox"
"""The gateway of a job that the sandbox draws."""


def fingerprint_of(job: Job) -> str:
    """Return the fingerprint of *job*."""
    return fingerprint(
        prompt=job.prompt,
        model=job.model,
        instructions=job.instructions,
        options=job.options.chosen(),
        text=job.text,
        inputs=[picture.parent.sha256 for picture in job.inputs],
        mask=_digest(job.mask.content) if job.mask is not None else None,
        sandboxed=job.gateway == SANDBOX,
    )


def fingerprint(
    *,
    prompt: str,
    model: str,
    instructions: str,
    options: Mapping[str, object],
    text: str | None = None,
    inputs: Sequence[str] = (),
    mask: str | None = None,
    sandboxed: bool = False,
) -> str:
    """
    Return the SHA-256 of what decides a picture, in hexadecimal.

    *options* are the chosen parameters by field name. *text* goes in the place of the prompt, if it does. *inputs* (in
    their order) and *mask* are SHA-256 digests of the pictures it starts from.
    """
    decides: dict[str, object] = {
        "prompt": prompt,
        "model": model,
        "instructions": instructions,
        "options": {name: str(value) for name, value in options.items() if name not in WATCHED},
    }
    # What is not there leaves no trace, so that what comes to be asked later changes no fingerprint of today.
    further = {"text": text, "inputs": list(inputs), "mask": mask, "sandboxed": sandboxed}
    decides |= {name: value for name, value in further.items() if value}
    canonical = json.dumps(decides, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _digest(content: Source) -> str:
    digest = hashlib.sha256()
    for piece in content.pieces():
        digest.update(piece)
    return digest.hexdigest()
