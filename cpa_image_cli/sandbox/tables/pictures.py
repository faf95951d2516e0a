"""Answers that hold a whole picture, however they are written: a client must end with it, at the first attempt."""

from cpa_image_cli.sandbox.language.payload import Spelling
from cpa_image_cli.sandbox.language.replies import Answer, Damage, Framing, How, Place, Shape, Stop, Tools, Trickle
from cpa_image_cli.sandbox.language.scenario import failed, shown

HUGE = 15 * 1024 * 1024
"""Bytes of a picture whose base64 is a line of 20 MiB."""
SLOW_PIECE = 8 * 1024

LATE = {"type": "error", "code": "server_error", "message": "The server had an error.", "param": None}

CUT_OFF = "upstream stream closed before a terminal event (last event: response.output_item.done)"

PICTURES = (
    shown("ok", "a picture, as it should be", Answer()),
    shown("frames", "three preview frames, asked for or not", Answer(partials=3)),
    shown("ok-item-only", "streamed: the terminal event has an empty output", Answer(again_in_final=False)),
    shown("ok-final-only", "streamed: the picture is in the terminal event alone", Answer(item_done=False)),
    # Seen gateways repeat the same picture. Should one not, the first that is sound counts: it is in hand already, and
    # nothing that comes later may lose it.
    shown(
        "another-at-the-end",
        "streamed: the terminal event has another picture; the first counts",
        Answer(another_in_item=True),
    ),
    shown(
        "damaged-then-sound",
        "streamed: the picture is damaged, and sound in the terminal event",
        Answer(item_damage=Damage.BAD_CHECKSUM),
    ),
    shown("json-for-stream", "JSON although streaming was asked for", Answer(shape=Shape.JSON)),
    shown("sse-for-json", "a stream although JSON was asked for", Answer(shape=Shape.SSE)),
    shown("wrong-content-type", "the Content-Type is text/plain", Answer(content_type="text/plain")),
    shown("in-envelope", "JSON: the response is wrapped in an event", Answer(in_envelope=True)),
    shown("blank-lines-then-ok", "blank lines before the answer keep proxies patient", Answer(leading=b"\n\n\n\n")),
    shown("data-only", "no event: lines", Answer(framing=Framing(names=False))),
    shown("event-names-lie", "event: lines that contradict the data", Answer(framing=Framing(false_names=True))),
    shown("crlf", "lines end in CR LF", Answer(framing=Framing(newline="\r\n"))),
    shown("cr", "lines end in CR alone", Answer(framing=Framing(newline="\r"))),
    shown("bom", "the stream begins with a byte order mark", Answer(framing=Framing(byte_order_mark=True))),
    shown("several-data-lines", "each event spans many data: lines", Answer(framing=Framing(several_lines=True))),
    shown("no-final-blank-line", "the last event has no blank line", Answer(framing=Framing(final_blank_line=False))),
    shown("done-marker", "the stream ends with [DONE]", Answer(framing=Framing(done_marker=True))),
    shown(
        "keepalives",
        "comments and keepalive events between all others",
        Answer(framing=Framing(keepalive_comments=True, keepalive_events=True)),
    ),
    shown("unknown-events", "event and item types that nobody knows", Answer(unknown_events=True)),
    shown("null-fields", "null wherever something is expected", Answer(nulls=True)),
    shown("tools-null", "the answer names no tools, which is not the same as none", Answer(tools=Tools.NULL)),
    shown(
        "status-generating", "the call is still “generating”, with a whole picture", Answer(item_status="generating")
    ),
    shown(
        "incomplete-with-picture",
        "the answer is incomplete, its picture is not",
        Answer(incomplete_reason="max_output_tokens"),
        warnings=("incomplete_answer",),
    ),
    shown(
        "filtered-after-image",
        "the rest of the answer is stopped by a filter, after the picture",
        Answer(incomplete_reason="content_filter"),
        warnings=("incomplete_answer",),
    ),
    shown(
        "two-images",
        "two pictures; the first one counts, the other lies beside it",
        Answer(images=2),
        warnings=("further_picture",),
    ),
    shown("jpeg-for-png", "a JPEG, whatever was asked for", Answer(format="jpeg"), warnings=("format_differs",)),
    shown("webp-for-png", "a WebP, whatever was asked for", Answer(format="webp"), warnings=("format_differs",)),
    shown("gif", "a GIF, as asked for", Answer(format="gif"), options=("--format", "gif")),
    shown("avif", "an AVIF, as asked for", Answer(format="avif"), options=("--format", "avif")),
    shown(
        "svg",
        "an SVG, as asked for",
        Answer(format="svg"),
        warnings=("untrusted_drawing",),
        options=("--format", "svg"),
    ),
    shown(
        "wrong-size",
        "1254x1254 pixels, whatever was asked for",
        Answer(size="1254x1254"),
        warnings=("size_differs",),
        options=("--size", "1024x1024"),
    ),
    shown(
        "wrong-quality",
        "medium quality, whatever was asked for",
        Answer(quality="medium"),
        warnings=("quality_differs",),
        options=("--quality", "high"),
    ),
    shown(
        "all-differs",
        "a medium JPEG of 1254x1254 pixels, whatever was asked for",
        Answer(format="jpeg", size="1254x1254", quality="medium"),
        warnings=("format_differs", "size_differs", "quality_differs"),
        options=("--size", "1024x1024", "--quality", "high"),
    ),
    shown("unpadded-base64", "base64 without its final =", Answer(spelling=Spelling.UNPADDED)),
    shown("data-url", "a data: URL in place of bare base64", Answer(spelling=Spelling.DATA_URL)),
    shown("escaped-slashes", r"base64 with \/ for /", Answer(spelling=Spelling.ESCAPED_SLASHES)),
    shown("wrapped-base64", "base64 with line breaks inside", Answer(spelling=Spelling.WRAPPED)),
    shown("huge-line", "a picture in one line of 20 MiB", Answer(pad_to=HUGE)),
    shown("gzip", "compressed, though nobody asked for that", Answer(packed="gzip")),
    shown("byte-by-byte", "the beginning arrives one byte at a time", Answer(trickle=Trickle(bytes=1, first=1500))),
    shown("slow", "the answer trickles in", Answer(trickle=Trickle(bytes=SLOW_PIECE, pause=0.005))),
    shown("late-error-after-image", "an error after the picture", Answer(late_error=LATE), warnings=("late_error",)),
    shown(
        "late-failed-after-image",
        "response.failed after the picture, as CLIProxyAPI tells Codex",
        Answer(late_error=failed({"type": "server_error", "code": "internal_server_error", "message": CUT_OFF})),
        warnings=("late_error",),
    ),
    shown(
        "late-bare-error-after-image",
        "an error without a type after the picture",
        Answer(late_error={"error": {"message": "context canceled", "type": "server_error", "code": None}}),
        warnings=("late_error",),
    ),
    shown(
        "eof-after-image",
        "the answer ends in good order after the picture, without its end",
        Answer(stop=Stop(place=Place.AFTER_PICTURE, how=How.END)),
        warnings=("early_end",),
    ),
    shown(
        "close-after-image",
        "the connection is closed after the picture",
        Answer(stop=Stop(place=Place.AFTER_PICTURE, how=How.CLOSE)),
        warnings=("late_stream_broken",),
    ),
    shown(
        "bad-chunk-after-image",
        "the framing turns into nonsense after the picture",
        Answer(stop=Stop(place=Place.AFTER_PICTURE, how=How.BAD_CHUNK)),
        warnings=("late_stream_broken",),
    ),
    shown(
        "close-after-all",
        "the connection is closed after everything, without the end of the body",
        Answer(stop=Stop(place=Place.AFTER_ALL, how=How.CLOSE)),
        warnings=("late_stream_broken",),
        # A stream is not read beyond its terminal event.
        warnings_streaming=(),
    ),
)
