"""
Decides how a tool's result reaches a model.

What hosts do with it differs: some pass on the structured object alone, some the text alone, some cut text. So both
hold the same, the path comes first, and a picture is only in an answer that has nothing else to say.
"""

from base64 import b64encode

from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.text import json_text
from cpa_image_cli.mcp.messages import Message
from cpa_image_cli.mcp.studio import Running, Shown


def answer(shown: Shown) -> Message:
    """Return the result that holds *shown*; it is an error if that says so."""
    ordered = {"output": shown["output"], **shown} if "output" in shown else dict(shown)
    return {
        "content": [{"type": "text", "text": json_text(ordered)}],
        "structuredContent": ordered,
        "isError": ordered.get("ok") is False,
    }


def running(job: Running) -> Message:
    """Return the result that says that *job* is not over: no error, or models would start it again."""
    return answer(
        {
            "schema": "cpa-image/running/1",
            "status": "running",
            "job": job.job,
            "elapsed_s": round(job.elapsed_s, 1),
            "expected_s": job.expected_s,
            "next": f'Call picture_result with {{"job": "{job.job}"}}; do not start it again, it is being paid for.',
        }
    )


def refusal(error: CpaImageError) -> Message:
    """Return the result that tells of *error*: nothing was sent."""
    nothing = Outcome(model="", requested={}, attempts=0, elapsed_s=0.0, trouble=Trouble.of(error))
    return answer(nothing.as_json())


def complaint(error: CpaImageError) -> Message:
    """Return the result that tells of *error* where no object is promised."""
    words = " ".join(filter(None, (f"{error.message} [{error.code.word}].", error.hint)))
    return {"content": [{"type": "text", "text": words}], "isError": True}


def picture(jpeg: bytes, words: str) -> Message:
    """Return the result that shows *jpeg*; with a structured object beside it, some hosts would drop one of the two."""
    image = {"type": "image", "data": b64encode(jpeg).decode("ascii"), "mimeType": "image/jpeg"}
    return {"content": [image, {"type": "text", "text": words}], "isError": False}
