"""Answers that end well and hold no picture: words, refusals, failed calls, and bytes that are no picture."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import Answer, Damage, Tools
from cpa_image_cli.sandbox.language.scenario import PICTURE, Expected, Scenario, refused, repeated, then_ok, unsound

WORDS = "A squirrel sits on a mossy branch, holding an acorn.\nShall I draw it in another style? 要不要换一种风格？"
REFUSAL = "I'm sorry, I can't help with that: pictures of real people in this way are against our content policy."
NO_TOOL = "I can't generate images right now, as there is no image generation tool available to me."
IN_PROSE = (
    "Here is your picture: ![squirrel](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==)\n"
    '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'
)
ONCE_MORE = (1.0,)
AGAIN_AND_AGAIN = (1.0, 2.0, 4.0, 8.0)

NO_PICTURES = (
    then_ok(
        "tools-empty-then-ok",
        "the tool was taken away, the next account has it",
        Answer(images=0, text=WORDS, tools=Tools.EMPTY),
        wait=1.0,
    ),
    repeated(
        "tools-empty",
        "the tool is taken away every time",
        Answer(images=0, text=WORDS, tools=Tools.EMPTY),
        Expected(code=Code.TOOL_UNAVAILABLE, posts=5, waits=AGAIN_AND_AGAIN),
    ),
    repeated(
        "no-tool-in-words",
        "the model says that it has no tool, the answer says it had",
        Answer(images=0, text=NO_TOOL),
        Expected(code=Code.TOOL_UNAVAILABLE, posts=5, waits=AGAIN_AND_AGAIN),
    ),
    repeated(
        "text-with-tools",
        "words in place of a picture, though the tool was there",
        Answer(images=0, text=WORDS),
        Expected(code=Code.TEXT_INSTEAD, posts=2, waits=ONCE_MORE),
    ),
    then_ok("text-then-ok", "words at first, then a picture", Answer(images=0, text=WORDS), wait=1.0),
    repeated(
        "text-tools-unknown",
        "words in place of a picture, and nothing about tools",
        Answer(images=0, text=WORDS, tools=Tools.NULL),
        Expected(code=Code.TEXT_INSTEAD, posts=2, waits=ONCE_MORE),
    ),
    repeated(
        "picture-in-prose",
        "SVG and a data: URL in the model's words are no picture",
        Answer(images=0, text=IN_PROSE),
        Expected(code=Code.TEXT_INSTEAD, posts=2, waits=ONCE_MORE),
    ),
    refused("refusal", "the model declines in words", Answer(images=0, text=REFUSAL), Code.REFUSED),
    refused(
        "refusal-part",
        "the model declines in a part made for that",
        Answer(images=0, text=REFUSAL, refusal_part=True),
        Code.REFUSED,
    ),
    repeated(
        "empty-output",
        "a finished answer without a picture or a word",
        Answer(images=0),
        Expected(code=Code.NO_IMAGE, posts=2, waits=ONCE_MORE),
    ),
    repeated(
        "image-failed",
        "the tool was called and failed",
        Answer(item_status="failed"),
        Expected(code=Code.IMAGE_CALL_FAILED, posts=2, waits=ONCE_MORE),
    ),
    then_ok("image-failed-then-ok", "the tool fails once", Answer(item_status="failed"), wait=1.0),
    Scenario(
        name="output-missing",
        summary="the response has no output at all; streamed, the picture comes in an event of its own",
        script=(Answer(output_key=False),),
        expected=Expected(code=Code.NO_IMAGE, posts=2, waits=ONCE_MORE),
        expected_streaming=PICTURE,
    ),
    Scenario(
        name="partials-only",
        summary="streamed: preview frames and no picture",
        script=(Answer(partials=2, item_done=False, again_in_final=False, output_in_json=False),),
        expected=Expected(code=Code.NO_IMAGE, posts=2, waits=ONCE_MORE),
        expected_streaming=Expected(code=Code.PARTIAL_ONLY),
    ),
    refused(
        "max-output-tokens",
        "the answer is cut short by a token limit",
        Answer(images=0, incomplete_reason="max_output_tokens"),
        Code.OUT_OF_TOKENS,
    ),
    refused(
        "content-filter",
        "the answer is stopped by a filter",
        Answer(images=0, incomplete_reason="content_filter"),
        Code.MODERATION,
    ),
    refused(
        "url-instead",
        "an address in place of the picture",
        Answer(url="https://pictures.example/squirrel.png?token=abc"),
        Code.IMAGE_BY_URL,
    ),
    unsound("damaged-png", "one byte of the picture is wrong", Answer(damage=Damage.BAD_CHECKSUM)),
    unsound("cut-short-png", "half of the picture is missing", Answer(damage=Damage.CUT_SHORT)),
    unsound("no-end-png", "the last chunk of the picture is missing", Answer(damage=Damage.NO_END)),
    unsound("bomb-png", "a tiny PNG that claims billions of pixels", Answer(damage=Damage.BOMB)),
    unsound("gif-for-png", "a GIF that nobody asked for", Answer(format="gif"), kept=".gif"),
    unsound("avif-for-png", "an AVIF that nobody asked for", Answer(format="avif"), kept=".avif"),
    unsound("svg-for-png", "an SVG that nobody asked for", Answer(format="svg"), kept=".svg"),
    unsound("bmp-for-png", "a BMP, which nobody can ask for", Answer(format="bmp"), kept=".bmp"),
    unsound("not-a-picture", "text, as base64", Answer(damage=Damage.NO_PICTURE), kept=".txt"),
    refused("not-base64", "words where base64 should be", Answer(damage=Damage.NO_BASE64), Code.IMAGE_DAMAGED),
)
