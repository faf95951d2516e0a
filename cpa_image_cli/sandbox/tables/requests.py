"""Errors that blame the form of the request, in every wrapping in which gateways put them."""

import json

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError
from cpa_image_cli.sandbox.language.scenario import error, page, refused


def _detail(status: int, detail: object) -> HttpError:
    return HttpError(status=status, body={"detail": detail})


# Three of these say that another model would do. They are told as `MODEL_UNSUITABLE`, with status 3 like every other
# trouble that `--model` mends, although most of what has 400 blames the request and ends in 8: the gateway's words are
# more certain than its status. A tool_choice that the account does not know and a version that is too old have other
# cures, and stay with those.
REQUESTS = (
    refused(
        "bad-size",
        "400: a size that the model does not have",
        error(
            400,
            "Invalid value: '1536x1536'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
            code="invalid_value",
            param="size",
        ),
        Code.BAD_REQUEST,
    ),
    refused(
        "size-off-grid",
        "400: a size between those that the model has",
        error(
            400,
            "Invalid size '1792x936'. Width and height must both be divisible by 16.",
            code="invalid_value",
            param="size",
        ),
        Code.BAD_REQUEST,
    ),
    refused(
        "bad-background",
        "400: no transparency with this model",
        error(400, "Transparent background is not supported for this model.", code="invalid_value", param="background"),
        Code.BAD_REQUEST,
    ),
    refused(
        "tool-choice",
        "400: the account does not know the tool",
        error(400, "Tool choice 'image_generation' not found in 'tools' parameter.", param="tool_choice"),
        Code.BAD_REQUEST,
    ),
    refused(
        "tool-unsupported",
        "400 in an envelope of its own, its code null",
        HttpError(
            status=400,
            body={
                "type": "error",
                "status": 400,
                "error": {
                    "type": "invalid_request_error",
                    "code": None,
                    "message": "Tool 'image_generation' is not supported with gpt-5.3-codex-spark.",
                    "param": "tools",
                },
            },
        ),
        Code.MODEL_UNSUITABLE,
    ),
    refused(
        "tool-unknown",
        "400: what is behind the gateway has no such tool",
        error(400, "Unsupported tool type: 'image_generation'"),
        Code.MODEL_UNSUITABLE,
    ),
    refused(
        "image-model-gone",
        "400 blaming the tool's own model",
        HttpError(
            status=400,
            body={
                "error": {
                    "type": "image_generation_user_error",
                    "code": "invalid_value",
                    "message": "The model 'gpt-image-2' does not exist.",
                    "param": "tools",
                },
                "status": 400,
            },
        ),
        Code.BAD_REQUEST,
    ),
    refused(
        "model-not-in-plan",
        "400 whose only word is a detail",
        _detail(400, "The 'gpt-5.4' model is not supported when using Codex with a ChatGPT account."),
        Code.MODEL_UNSUITABLE,
    ),
    refused(
        "version-too-old",
        "400: the version header is too old",
        _detail(
            400,
            "The 'gpt-5.5' model requires a newer version of Codex. Please upgrade to the latest app and try again.",
        ),
        Code.BAD_REQUEST,
    ),
    refused("store-must-be-false", "400 about a field", _detail(400, "Store must be set to false"), Code.BAD_REQUEST),
    refused("unsupported-parameter", "the same", _detail(400, "Unsupported parameter: moderation"), Code.BAD_REQUEST),
    refused(
        "detail-list",
        "422 with a list of details",
        _detail(422, [{"loc": ["body", "input"], "msg": "field required"}]),
        Code.BAD_REQUEST,
    ),
    refused(
        "detail-json",
        "400 whose detail is JSON in a string",
        _detail(400, json.dumps({"error": {"message": "Instructions are required", "type": "invalid_request_error"}})),
        Code.BAD_REQUEST,
    ),
    refused(
        "message-only",
        "400 with a message and no error object",
        HttpError(status=400, body={"message": "input is too strange"}),
        Code.BAD_REQUEST,
    ),
    refused("code-is-a-number", "400 whose code is a number", error(400, "bad request", code=400), Code.BAD_REQUEST),
    refused(
        "text-400",
        "400 in plain text",
        HttpError(status=400, body=b"bad request", content_type="text/plain"),
        Code.BAD_REQUEST,
    ),
    refused(
        "stale-item",
        "404 with a body is about an item, not about the path",
        error(404, "Item with id 'ig_1' not found. Items are not persisted when `store` is set to false."),
        Code.BAD_REQUEST,
    ),
    refused(
        "context-too-large",
        "400: more than the model reads",
        error(400, "Your input exceeds the context window of this model.", code="context_length_exceeded"),
        Code.BAD_REQUEST,
    ),
    refused(
        "context-too-large-code",
        "the same under its other name",
        error(400, "The input is too large for this model.", code="context_too_large", kind=None),
        Code.BAD_REQUEST,
    ),
    refused(
        "too-large",
        "413: a proxy's page about the request's size",
        page(413, "413 Request Entity Too Large"),
        Code.BAD_REQUEST,
    ),
)
