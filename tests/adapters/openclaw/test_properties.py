"""
OpenClaw's files, whatever is in them: JSON5 means what JSON means, nothing but notes comes of nonsense, no key shows.

The examples are the same in every run.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cpa_image_cli.adapters.openclaw import OpenClaw, Unresolved, read
from cpa_image_cli.adapters.openclaw.documents import UNREADABLE, Reader
from cpa_image_cli.core.secret import Secret

steady = settings(derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

KEY = "sk-marked-9d31c07e55aa"
SAMPLES = Path(__file__).parents[2] / "data" / "openclaw"

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(max_size=12), TREES, max_size=5)

COMMENTS = st.sampled_from(
    ["", " ", "\n", "// by hand: {[,\"'\n", '/* " } ] // */', "\t/**/", "\u2028", "\ufeff", "/***/ "]
)


def table(text: str | bytes) -> tuple[dict[str, object], list[str]]:
    """Return what a file of *text* is read as, and the notes about it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openclaw.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        reader = Reader()
        found = reader.table(path)
    assert {note.code for note in reader.notes} <= {UNREADABLE}
    return found, [note.message for note in reader.notes]


def openclaw(files: Mapping[str, str | bytes], environ: Mapping[str, str] | None = None) -> OpenClaw:
    """Return what is read of a home in which OpenClaw has *files*, by their paths below its state directory."""
    with tempfile.TemporaryDirectory() as home:
        for name, text in files.items():
            path = Path(home) / ".openclaw" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return read(environ or {}, Path(home))


# JSON5 says what JSON says


class Hand:
    """Writes a tree as JSON5 the way people do, each choice drawn by hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def document(self, tree: object) -> str:
        # Without the comment it might be JSON, and be read as such.
        return f"//\n{self._gap()}{self._value(tree)}{self._gap()}"

    def _value(self, tree: object) -> str:
        match tree:
            case dict():
                return self._listed(
                    "{}",
                    [
                        f"{self._name(name)}{self._gap()}:{self._gap()}{self._value(inner)}"
                        for name, inner in tree.items()
                    ],
                )
            case list():
                return self._listed("[]", [self._value(inner) for inner in tree])
            case str():
                return self._quoted(tree)
            case bool() | None:
                return json.dumps(tree)
            case int() if tree >= 0 and self._is():
                return hex(tree)
            case int() | float():
                return ("+" if self._is() and not json.dumps(tree).startswith("-") else "") + json.dumps(tree)
        raise TypeError(tree)

    def _listed(self, brackets: str, items: list[str]) -> str:
        comma = "," if items and self._is() else ""
        inside = ",".join(f"{self._gap()}{item}{self._gap()}" for item in items)
        return f"{brackets[0]}{inside}{comma}{self._gap()}{brackets[1]}"

    def _name(self, name: str) -> str:
        return name if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name) and self._is() else self._quoted(name)

    def _quoted(self, text: str) -> str:
        if self._is():
            return json.dumps(text, ensure_ascii=self._is())
        inside = json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'")
        continued = "\\\n" if self._is() else ""
        return f"'{continued}{inside}'"

    def _gap(self) -> str:
        return self._draw(COMMENTS)

    def _is(self) -> bool:
        return self._draw(st.booleans())


@st.composite
def by_hand(draw: st.DrawFn) -> tuple[dict[str, object], str]:
    """Return an object, and the same written as JSON5."""
    tree = draw(OBJECTS)
    return tree, Hand(draw).document(tree)


@steady
@given(OBJECTS, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_json_is_read_as_it_is_written(tree: dict[str, object], ascii_only: object, indent: int | str | None) -> None:
    assert table(json.dumps(tree, ensure_ascii=bool(ascii_only), indent=indent)) == (tree, [])


@steady
@given(OBJECTS, st.booleans())
def test_what_json_says_json5_reads_the_same(tree: dict[str, object], ascii_only: object) -> None:
    """The comment is what makes it JSON5."""
    assert table("// by hand\n" + json.dumps(tree, ensure_ascii=bool(ascii_only), indent=1)) == (tree, [])


@steady
@given(by_hand())
def test_comments_commas_quotes_and_bare_names_change_nothing(pair: tuple[dict[str, object], str]) -> None:
    tree, text = pair

    assert table(text) == (tree, [])


# Nonsense


def surely_readable(found: OpenClaw) -> None:
    """What `read` returns is of the types it announces; whoever uses it looks no closer."""
    assert found.base_url is None or isinstance(found.base_url.value, str | Unresolved)
    assert found.api_key is None or isinstance(found.api_key.value, Secret | Unresolved)
    assert found.model is None or isinstance(found.model.value, str)
    assert all(isinstance(header.value, Secret) for header in found.headers)
    repr(found)


@steady
@given(st.binary(max_size=400) | st.text(alphabet="{}[]:,'\"/*\\ux0-+.eE$ \n\ufeffab\u2028", max_size=60))
@example(b"\xff\xfe{\x00}\x00")
@example("'\\ud800'")
@example('{"a":"\ud800"}')
@example("{a:0x}")
@example("")
def test_any_bytes_are_an_object_or_a_note(data: str | bytes) -> None:
    found, notes = table(data)

    assert isinstance(found, dict)
    assert not (found and notes)
    assert all(len(note) < 500 and note.isprintable() for note in notes)


@steady
@given(st.data())
def test_a_sample_with_bytes_changed_is_read_or_noted(data: st.DataObject) -> None:
    sample = bytearray(
        (
            SAMPLES
            / data.draw(
                st.sampled_from(
                    [
                        "config/handwritten-comments.json5",
                        "config/onboarded-2026.9.6.json",
                        "config/key-form-refexec.json",
                    ]
                )
            )
        ).read_bytes()
    )
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(sample) - 1))
        sample[start : start + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=6)
            | st.sampled_from([b"null", b"[]", b"{}", b'"', b"'", b"/*", b"//", b"0x", b"\\u", b"$include:", b"\xff"])
        )

    surely_readable(openclaw({"openclaw.json": bytes(sample)}))


NAMES = st.sampled_from(
    ["models", "providers", "otcbot", "OTCBOT ", "baseUrl", "apiKey", "headers", "models", "id", "agents", "list",
     "entries", "defaults", "model", "primary", "imageModel", "alias", "main", "agentDir", "default", "ownership",
     "systemAgent", "agentId", "secrets", "source", "provider", "path", "mode", "env", "vars", "$include", "x"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["otcbot/gpt-5.4", "otcbot/", "/", "gpt-5.4@", "@", "http://127.0.0.1:1/v1", "${X}", "$${X}", "$X", "!cat", "env",
     "file", "exec", "store", "singleValue", "value", "/a/0/~1", "~", "~/x", "\0", "..", "secretref-env:X", "explicit",
     "openclaw.json", "./missing.json5", "Bearer sk-1", "oauth:x", "A" * 5000, "\ud800", "松鼠", "\x1b[31m", ""]
)  # fmt: skip
SETTINGS = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


def nested(**sections: object) -> dict[str, object]:
    return {"models": {"providers": {"otcbot": sections}}}


SECTIONS = st.dictionaries(NAMES, SETTINGS, max_size=6)
CONFIGS = (
    SECTIONS
    | st.builds(nested, baseUrl=SETTINGS, apiKey=SETTINGS, headers=SETTINGS)
    | st.builds(
        lambda agents, secrets, own: {**own, "agents": agents, "secrets": secrets}, SECTIONS, SECTIONS, SECTIONS
    )
)


@settings(steady, max_examples=400)
@given(CONFIGS, SECTIONS, st.sampled_from([{}, {"X": "1"}, {"X": KEY, "OPENCLAW_HOME": "~"}]))
@example({"$include": "openclaw.json"}, {}, {})
@example(
    nested(apiKey={"source": "file", "provider": "default", "id": "/a"})
    | {"secrets": {"providers": {"default": {"source": "file", "path": "\0"}}}},
    {},
    {},
)
@example({"agents": {"entries": {"\ud800": {}}}}, {}, {})
@example({"agents": {"list": [{"id": "\0"}]}}, {}, {})
@example({"agents": {"list": [{"id": "a" * 5000}]}}, {}, {})
@example({"agents": {"defaults": {"agentDir": "\0"}, "list": [{"agentDir": "\ud800"}]}}, {}, {})
def test_any_tree_is_settings_and_notes(
    config: dict[str, object], models: dict[str, object], environ: dict[str, str]
) -> None:
    files = {"openclaw.json": json.dumps(config), "agents/main/agent/models.json": json.dumps({"providers": models})}

    surely_readable(openclaw(files, environ))


@steady
@given(
    st.sampled_from(['{"a":', "[", "{a:", "{'a':[", '{"$include":', '{"models":', "/*", "(", "-", "'\\", "+"]),
    st.sampled_from([1, 20, 50, 500, 900, 990, 1000, 5000, 100_000]),
    st.sampled_from(["", "//\n"]),
)
def test_depth_without_end_is_an_object_or_a_note(opening: str, depth: int, comment: str) -> None:
    closing = "".join({"[": "]", "{": "}"}.get(sign, "") for sign in reversed(opening))
    text = comment + opening * depth + "1" + closing * depth

    surely_readable(openclaw({"openclaw.json": text}))


# The key


WHERE = st.sampled_from(
    ["plain", "in a reference", "with a space", "in a template", "in a header", "cut off", "twice", "as a kind"]
)


@settings(steady, max_examples=250)
@given(WHERE, st.text(max_size=6), st.integers(0, 400), SETTINGS)
def test_a_key_shows_in_no_note_and_no_repr(where: str, around: str, cut: int, other: object) -> None:
    key = f"{around}{KEY}{around}"
    provider = {
        "plain": {"apiKey": key},
        "in a reference": {"apiKey": {"source": "env", "provider": other, "id": "X"}},
        "with a space": {"apiKey": f"{KEY} {KEY}"},
        "in a template": {"apiKey": "a${X}"},
        "in a header": {"headers": {"x-key": key, "authorization": f"Bearer {KEY}", "x": other}},
        "cut off": {"apiKey": key},
        "as a kind": {"apiKey": {"source": key, "id": "X"}},
        "twice": {"apiKey": key, "models": other},
    }[where]
    text = json.dumps(nested(baseUrl="http://127.0.0.1:1/v1", **provider), ensure_ascii=False)
    if where == "cut off":
        text = "//" + text[cut % len(text) :]
    second = json.dumps({"providers": {"otcbot": {"baseUrl": "http://127.0.0.1:1/v1", "apiKey": f"{KEY}-older"}}})

    found = openclaw({"openclaw.json": text, "agents/main/agent/models.json": second}, {"X": key.replace("\0", "")})

    assert KEY not in repr(found)


@steady
@given(st.integers(0, 200), st.sampled_from(["'", '"', "\\", "\n", "\u2028", "}", ",", "\0", "\ufeff"]))
def test_a_key_shows_in_no_note_on_a_file_that_is_broken_beside_it(place: int, sign: str) -> None:
    text = "{models: {providers: {otcbot: {apiKey: '" + KEY + "', baseUrl: 'http://127.0.0.1:1'}}}}"
    at = place % len(text)

    found, notes = table(text[:at] + sign + text[at:])

    assert KEY not in " ".join(notes)
    assert found or notes
