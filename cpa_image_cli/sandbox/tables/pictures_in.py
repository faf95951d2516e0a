"""What gateways do with pictures and masks that they are sent, and how they refuse large requests."""

from dataclasses import replace

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.pictures_sent import INVALID
from cpa_image_cli.sandbox.language.replies import Answer, HttpError
from cpa_image_cli.sandbox.language.scenario import error, page, refused, shown

_MASK = "tools[0].input_image_mask"
_UNKNOWN = error(400, f"Unknown parameter: '{_MASK}'.", code="unknown_parameter", param=_MASK)
_DETAIL = HttpError(status=400, body={"detail": "Unsupported parameter: input_image_mask"})
_BLOCKED = {
    "code": "moderation_blocked",
    "message": "Your request was rejected by the safety system.",
    "type": "image_generation_user_error",
    "param": None,
    "moderation_details": {"categories": ["sexual"], "moderation_stage": "input"},
}

PICTURES_IN = (
    shown("mask-ignored", "the whole picture changes, whatever the mask opens", Answer(heeds_mask=False)),
    shown("not-edited", "another picture is drawn, whatever was sent", Answer(edits=False)),
    shown("edit-smaller", "the result is half as large as what was sent", Answer(scale=0.5)),
    shown("edit-larger", "the result is one and a half times as large", Answer(scale=1.5)),
    shown("edit-other-shape", "the result is a square, whatever was sent", Answer(size="512x512", heeds_mask=False)),
    shown("same-bytes-twice", "two pictures that are the same to the byte", Answer(images=2, same_bytes=True)),
    refused("mask-refused", "400: the mask is an unknown parameter", _UNKNOWN, Code.BAD_REQUEST),
    refused("mask-refused-detail", "400 whose only word is a detail about the mask", _DETAIL, Code.BAD_REQUEST),
    refused(
        "mask-refused-bare",
        "the same, of which who streams hears no more than “Bad Request”",
        replace(_DETAIL, streamed_body={"error": {"message": "Bad Request", "type": "invalid_request_error"}}),
        Code.BAD_REQUEST,
    ),
    refused(
        "invalid-image",
        "400: what was sent is no picture, without saying which",
        error(400, INVALID, code="invalid_value", param="input"),
        Code.BAD_REQUEST,
    ),
    refused(
        "too-many-patches",
        "400: more pixels than the model looks at",
        error(
            400,
            "The image you provided requires 33174 patches after processing, exceeding the limit of 30000. "
            "Please resize the image and try again.",
        ),
        Code.BAD_REQUEST,
    ),
    refused(
        "input-moderated",
        "the call fails in an answer that is complete: what was sent is not allowed",
        Answer(item_status="failed", item_error=_BLOCKED),
        Code.MODERATION,
    ),
    refused(
        "upload-too-large-code",
        "413 as CLIProxyAPI passes it on, which names the context",
        error(413, "Payload too large", code="context_too_large"),
        Code.BAD_REQUEST,
    ),
    refused(
        "upload-cut-off",
        "413 while a large request is still on its way, and a reset",
        HttpError(status=413, body=page(413, "413 Payload Too Large").body, content_type="text/html", early=True),
        Code.BAD_REQUEST,
    ),
)
