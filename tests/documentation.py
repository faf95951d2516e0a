"""
Writes the tables of README from the program itself; ``tests/test_readme.py`` holds them to it.

``python tests/documentation.py --write`` brings README up to date.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from typer.main import get_group

from cpa_image_cli.app import app
from cpa_image_cli.commands.tree import command_named
from cpa_image_cli.completion.tree import Command, described
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.resolution import Origin, Source
from cpa_image_cli.core.settings.settings import DEFAULTS, SOURCES
from cpa_image_cli.sandbox.scenarios import SCENARIOS

README = Path(__file__).parent.parent / "README.md"
MEASURED = Path(__file__).parent / "benchmarks" / "results.json"

TITLES: Mapping[str, str] = {
    "base_url": "base URL",
    "api_key": "API key",
    "model": "model",
    "format": "format",
    "user_agent": "`user-agent` header",
    "version": "`version` header",
    "originator": "`originator` header",
    "session_id": "`session_id` header",
    "profile": "profile",
}
"""The settings that an environment variable can give, and what README calls them."""


def sources_table() -> str:
    """Return the table of the settings that come from more than a flag and the configuration file."""
    rows = ["| value | looked for in this order |", "|---|---|"]
    for name, title in TITLES.items():
        sources = (_shown(source, DEFAULTS.get(name)) for source in SOURCES[name])
        rows.append(f"| {title} | {', '.join(sources)} |")
    return "\n".join(rows)


def _shown(source: Source, default: object) -> str:
    match source.origin:
        case Origin.CONFIG:
            return f"config file (`{source.name}`)"
        case Origin.OPENCLAW:
            return "OpenClaw"
        case Origin.EXTENSION:
            return "the extension of `-o`"
        case Origin.DEFAULT:
            return f"`{default}`"
        case _:
            return f"`{source.name}`"


def options_table() -> str:
    """Return the table of every option of ``generate``."""
    rows = ["| option | meaning |", "|---|---|"]
    for parameter in command_named("generate").params:
        if parameter.param_type_name == "option":
            names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
            value = f" `{_cell(parameter.metavar)}`" if parameter.metavar else ""
            rows.append(f"| {names}{value} | {_cell(parameter.help)} |")
    return "\n".join(rows)


def commands_table() -> str:
    """Return the table of every command."""
    ends = (each for each in tree().walk() if each.path and not each.commands)
    rows = (f"| `cpa-image {each.path}` | {_cell(each.help)} |" for each in ends)
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def codes_table() -> str:
    """Return the table of every code word, by exit status."""
    codes = sorted(Code, key=lambda code: code.exit_status)
    rows = (f"| {int(code.exit_status)} | `{code.word}` | {_cell(code.meaning)} |" for code in codes)
    return "\n".join(["| exit | code word | meaning |", "|---|---|---|", "| 0 | | the picture is in place |", *rows])


def keys_table() -> str:
    """Return the table of every key of the configuration file."""
    rows = (f"| `{key.name}` | {key.expected} | {_cell(key.help)} |" for key in KEYS.values())
    return "\n".join(["| key | value | meaning |", "|---|---|---|", *rows])


def performance_table() -> str:
    """Return what each client needed for each answer, as it was measured last."""
    results = json.loads(MEASURED.read_text(encoding="utf-8"))["results"]
    clients = list(dict.fromkeys(each["client"] for each in results))
    cells = {(each["mode"], each["size"], each["client"]): _cost(each) for each in results}
    rows = [f"| answer | {' | '.join(map(_in_code, clients))} |", f"|---{'|---' * len(clients)}|"]
    for mode, size in dict.fromkeys((mode, size) for mode, size, _ in cells):
        rows.append(f"| {size} MiB, {mode} | {' | '.join(cells[mode, size, client] for client in clients)} |")
    return "\n".join(rows)


def _cost(measured: Mapping[str, Any]) -> str:
    cpu, wall, peak = measured["cpu"]["median"], measured["wall"]["median"], measured["peak"]
    return f"{cpu:.2f} s, {wall:.2f} s, {peak:.0f} MiB"


def _in_code(text: str) -> str:
    return f"`{_cell(text)}`"


def targets_table() -> str:
    """Return what is promised of speed and memory, and what was measured last."""
    results = json.loads(MEASURED.read_text(encoding="utf-8"))
    rows = (
        f"| {_cell(each['promise'])} | {_cell(each['measured'])} | {'yes' if each['holds'] else 'no'} |"
        for each in results["targets"]
    )
    startup = ", ".join(f"`{name}` {ratio:.2f}" for name, ratio in results["startup"].items())
    history = ", ".join(
        f"`{name}` {each['100,000 rows']['median'] / each['1 row']['median']:.2f}"
        for name, each in results["history"].items()
    )
    return "\n".join(
        [
            "| promise | measured | holds |",
            "|---|---|---|",
            *rows,
            f"| start-up against `import typer` (`--version`, TAB), a client (`generate`), a help | {startup} | |",
            f"| 100,000 runs in history, against one | {history} | |",
        ]
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "sources": sources_table,
    "options": options_table,
    "commands": commands_table,
    "codes": codes_table,
    "keys": keys_table,
    "performance": performance_table,
    "targets": targets_table,
}


def tree() -> Command:
    """Return the command tree."""
    return described(get_group(app), command_named)


def command(path: str) -> Command:
    """Return the command at *path*."""
    return next(each for each in tree().walk() if each.path == path)


def between_marks(text: str, name: str) -> str:
    """Return what stands between the marks called *name*."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", text, re.DOTALL)
    return found[1] if found else ""


def updated(text: str) -> str:
    """Return *text* with every table as the program has it."""
    for name, table in TABLES.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = marks.sub(lambda match, table=table: f"{match[1]}{table()}\n{match[2]}", text)
    return re.sub(r"\d+ scenarios, with", f"{len(SCENARIOS)} scenarios, with", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
