"""
Decides which names are image models, which draw but cannot be asked in words.

A gateway answers such a name as the request's own ``model`` with an error; it belongs into the tool. To learn a
new family, add its prefix to `PREFIXES`.
"""

from cpa_image_cli.core.errors import Code, UsageError

PREFIXES = ("gpt-image", "chatgpt-image", "dall-e", "grok-imagine", "imagen", "flux")
SUFFIX = "-image"

OF_OTHER_KINDS = {
    "text-embedding": "makes no text, but embeddings",
    "whisper": "hears, and does not write",
    "tts": "speaks, and does not write",
    "sora": "makes videos",
    "veo": "makes videos",
    "omni-moderation": "only judges text",
}
"""Further beginnings of names that gateways list, of what cannot be asked for a picture in words."""


def is_image_model(name: str) -> bool:
    """Whether the id after the last ``/`` of *name*, in any case, is that of an image model."""
    model = name.strip().rpartition("/")[2].lower()
    return model.startswith(PREFIXES) or model.endswith(SUFFIX)


def why_no_text_model(name: str) -> str | None:
    """Return why *name* cannot be the model that is asked, and what it is for; None for one that may."""
    if is_image_model(name):
        return "an image model, for --image-model"
    model = name.strip().rpartition("/")[2].lower()
    return next((why for beginning, why in OF_OTHER_KINDS.items() if model.startswith(beginning)), None)


def takes_fidelity(name: str | None) -> bool:
    """Whether the image model *name* may take ``input_fidelity``; 2 and later do not. None: the gateway chooses it."""
    return not (name or "").rpartition("/")[2].lower().startswith("gpt-image-2")


def check_text_model(name: str, *, source: str) -> None:
    """
    Refuse *name* as the model that is asked, if it is an image model; *source* says where it came from.

    Raises: UsageError with `Code.IMAGE_MODEL`.
    """
    if is_image_model(name):
        raise UsageError(
            f"{name} ({source}) is an image model; a text model is asked, and it draws with the image tool",
            code=Code.IMAGE_MODEL,
            hint=f"Use --image-model {name} with a text model such as --model gpt-5.4, "
            "or --allow-image-model if your gateway takes it directly.",
        )
