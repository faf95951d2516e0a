"""What the program says of errors has one voice; the rule is in the docstring of ``cpa_image_cli.core.errors``."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cpa_image_cli
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.failures import hints
from cpa_image_cli.core.settings import config_keys

PACKAGE = Path(cpa_image_cli.__file__).parent

OF_THE_GATEWAY = PACKAGE / "sandbox"
"""What is said there is what gateways say, but for the messages of one module."""

MESSAGE_FIRST = re.compile(r"[A-Za-z]*Error|Damaged|NotAPicture|passed|skipped|warned|failed|_invalid|Trouble")
"""Calls whose texts are a message and perhaps, after it, a hint; `ADVISES` says of which."""

ADVISES = frozenset({"warned", "failed"})
MESSAGE_SECOND = frozenset({"without_answer", "dead_end", "_invalid", "_failed"})
MESSAGES, HINTS = frozenset({"message", "problem", "reason", "found"}), frozenset({"hint", "advice"})

UNKNOWN = "\0"
"""Stands for a value that only a run knows."""

_ORDINARY_WORD = re.compile(r"[A-Z][a-z]*(?=[\s',.;:]|$)")
_COMMAND_LINE = re.compile(
    r"(?:^|: )(?:cpa-image|ls|chmod|export|model =|api_key_command =|https?:)[^.]*(?:\.\w[^.]*)*$"
)


def wrong_in_message(text: str) -> str | None:
    """Return what is wrong with *text* as a message."""
    if _ORDINARY_WORD.match(text):
        return "begins with a capital letter"
    if re.search(r"[.!,;:\s]$", text):
        return "ends with a mark"
    return "has two sentences" if re.search(r"[a-z)][.!] [A-Z]", text) else None


def wrong_in_hint(text: str) -> str | None:
    """Return what is wrong with *text* as a hint."""
    if re.match(r"[a-z]", text) and not text.startswith("cpa-image "):
        return "begins with a small letter"
    return None if re.search(rf"(?:[.?]\)?|{UNKNOWN})$", text) or _COMMAND_LINE.search(text) else "has no full stop"


def complaints(source: str, name: str) -> Iterator[str]:
    """Yield where the texts in *source*, the module called *name*, are not worded as they should be."""
    tree = ast.parse(source)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.Module | ast.FunctionDef):
            values = _assigned(tree) | _assigned(scope)
            for call in _own(scope, ast.Call):
                for node, is_hint in _told(call):
                    for text in _texts(node, values):
                        wrong = wrong_in_hint(text) if is_hint else wrong_in_message(text)
                        if wrong:
                            yield f"{name}:{node.lineno}: {wrong}: {text.replace(UNKNOWN, '…')}"


def _own(scope: ast.AST, kind: type) -> Iterator[ast.AST]:
    """Yield the nodes of *kind* in *scope*, but not those of functions inside it."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, kind):
            yield child
        if not isinstance(child, ast.FunctionDef):
            yield from _own(child, kind)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """Return what is assigned to which name in *scope*."""
    found: dict[str, list[ast.expr]] = {}
    for node in _own(scope, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node.value)
    return found


def _told(call: ast.Call) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the arguments of *call* that are worded by the rule, and whether each is a hint."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "UntrustedError" or (name.startswith("_") and name.endswith("Error")):
        return
    if name in MESSAGE_SECOND:
        yield from ((argument, False) for argument in call.args[1:2])
    elif MESSAGE_FIRST.fullmatch(name):
        yield from ((argument, False) for argument in call.args[:1])
        yield from ((argument, True) for argument in call.args[1:2] if name in ADVISES)
    for keyword in call.keywords:
        if keyword.arg in MESSAGES | HINTS:
            yield keyword.value, keyword.arg in HINTS


def _texts(node: ast.expr, values: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield the texts that *node* may stand for; an empty one says nothing and is none."""
    match node:
        case ast.Constant(value=str(text)):
            yield from [text] if text else []
        case ast.JoinedStr():
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else UNKNOWN for part in node.values)
        case ast.BinOp(op=ast.Add()):
            sides = (tuple(_texts(side, values)) or (UNKNOWN,) for side in (node.left, node.right))
            yield from map("".join, itertools.product(*sides))
        case ast.IfExp():
            yield from (*_texts(node.body, values), *_texts(node.orelse, values))
        case ast.BoolOp():
            for value in node.values:
                yield from _texts(value, values)
        case ast.Name(id=name):
            for value in values.get(name, ()):
                yield from _texts(value, {})


def modules() -> list[Path]:
    """Return the modules that speak for themselves."""
    return sorted(
        path
        for path in PACKAGE.rglob("*.py")
        if not path.is_relative_to(OF_THE_GATEWAY) or path == OF_THE_GATEWAY / "scenarios.py"
    )


def test_every_message_and_every_hint_of_the_program_speaks_with_one_voice() -> None:
    found = [
        complaint
        for path in modules()
        for complaint in complaints(path.read_text(encoding="utf-8"), str(path.relative_to(PACKAGE.parent)))
    ]
    assert found == []


def test_the_sentences_in_tables_speak_with_it_too() -> None:
    messages = [code.meaning for code in Code]
    advice = [*hints.GENERAL.values(), *(text for _, _, text in hints.SPECIAL), config_keys.BETTER_WAYS]
    assert [(text, wrong) for text in messages if (wrong := wrong_in_message(text))] == []
    assert [(text, wrong) for text in advice if (wrong := wrong_in_hint(text))] == []


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('raise UsageError("The prompt is empty")', "x.py:1: begins with a capital letter: The prompt is empty"),
        ('raise UsageError("it is empty.")', "x.py:1: ends with a mark: it is empty."),
        ('raise errors.ConfigError(f"it is {what}.")', "x.py:1: ends with a mark: it is …."),
        ('UsageError("it is empty. Fill it")', "x.py:1: has two sentences: it is empty. Fill it"),
        ('UsageError("no", hint="say what")', "x.py:1: begins with a small letter: say what"),
        ('UsageError("no", hint=f"Say {what} now")', "x.py:1: has no full stop: Say … now"),
        ('def f():\n words = "A b"\n Notice(code="c", message=words)', "x.py:3: begins with a capital letter: A b"),
        ('Failure(message="a" if b else "Else")', "x.py:1: begins with a capital letter: Else"),
        ('_HINT = "say"\ndef f():\n UsageError("no", hint=given or _HINT)', "x.py:3: begins with a small letter: say"),
        ('failed("found it", "look there", code)', "x.py:1: begins with a small letter: look there"),
        ('failures.without_answer(code, "Gone", sent=True)', "x.py:1: begins with a capital letter: Gone"),
    ],
)
def test_what_does_not_is_named_with_its_place(source: str, complaint: str) -> None:
    assert complaint in set(complaints(source, "x.py"))


@pytest.mark.parametrize(
    "source",
    [
        'UsageError("--profile: expected a name", hint="--port 0 takes any free one.")',
        'ConfigError("CPA_VERSION is empty", hint="Set one header: cpa-image config set headers.NAME VALUE")',
        'ConfigError(f"{path} is gone", hint=f"Look at: ls -l {path}")',
        'Failure(message="HTTP 503 from the gateway")',
        'ConfigError("OpenClaw\'s file is left out", hint="Did you mean it?")',
        'UsageError("no", hint="`cpa-image sandbox --list` shows them all.")',
    ],
)
def test_names_flags_and_command_lines_stay_as_they_are_spelled(source: str) -> None:
    assert list(complaints(source, "x.py")) == []
