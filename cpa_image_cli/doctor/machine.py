"""The checks of this machine: folders, history, terminal, completion, installation."""

import platform
import shutil
import sys
import tempfile
from pathlib import Path

from cpa_image_cli import __version__
from cpa_image_cli.adapters.ledger.soundness import sound_runs
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.findings import Verdict, failed, failed_with, passed, skipped, warned
from cpa_image_cli.core.terminal.graphics import Protocol
from cpa_image_cli.doctor.examination import Examination

LITTLE_ROOM = 200_000_000
"""Bytes; a few dozen pictures."""

NO_ROOM = 20_000_000
"""Bytes; not even one large picture and its temporary copy."""

PATIENCE = 2.0
"""Seconds that a locked history is waited for."""

CHINESE_WIDTH = 2
_NO_TERMINAL = "output does not go to a terminal"

_DRAWN = {
    Protocol.KITTY: "in full, by kitty's graphics protocol",
    Protocol.ITERM: "in full, by iTerm2's protocol",
    Protocol.SIXEL: "in full, as Sixel",
    Protocol.HALF_BLOCKS: "coarsely, by coloured half-blocks; this terminal told of no way to draw pixels",
}


def output_folder_takes_pictures(case: Examination) -> Verdict:
    """Look whether pictures without ``-o`` have a place."""
    return _takes_files(case, case.settings().output_dir.value, "Set `output_dir` in the config file, or use -o.")


def data_folder_takes_records(case: Examination) -> Verdict:
    """Look whether history and pictures that could not be saved elsewhere have a place."""
    return _takes_files(case, case.around.directories().data, "Set XDG_DATA_HOME to a folder you may write.")


def _takes_files(case: Examination, folder: Path, otherwise: str) -> Verdict:
    """Try *folder*, or the folder in which it would be made; nothing is left there."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    told = "" if existing == folder else ", not there yet"
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except NotADirectoryError:
        found = f"{existing} is a file where a folder should be"
        return failed(found, f"Move the file away. Or: {otherwise}", Code.OUTPUT_UNWRITABLE)
    except OSError as problem:
        found = f"{existing} cannot be written: {problem.strerror or problem}"
        return failed(found, otherwise, Code.OUTPUT_UNWRITABLE)
    room = case.question.free_space(existing)
    found = f"{folder}{told}, {_in_words(room)} free"
    if room < NO_ROOM:
        return failed(found, f"Make room on that disk. Or: {otherwise}", Code.OUTPUT_UNWRITABLE)
    if room < LITTLE_ROOM:
        return warned(found, "Make room on that disk; pictures take several megabytes each.")
    return passed(found)


def _in_words(count: int) -> str:
    for unit, size in (("TB", 10**12), ("GB", 10**9)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 10**6:.0f} MB"


def history_is_intact(case: Examination) -> Verdict:
    """Let SQLite look at every page of the history."""
    path = case.around.directories().history_file
    try:
        count = sound_runs(path, patience=PATIENCE)
    except ConfigError as error:
        return failed_with(error, advice=f"Move {path} away; a new one is begun, and pictures are not concerned.")
    if count is None:
        return passed("nothing is recorded yet")
    return passed(f"intact, {count} {'run' if count == 1 else 'runs'}")


def terminal_draws_pictures(case: Examination) -> Verdict:
    """Say how pictures are shown here."""
    terminal = case.question.terminal
    if terminal is None:
        return skipped(_NO_TERMINAL)
    how = _DRAWN.get(terminal.graphics.protocol)
    if how is None:
        advice = "Use a terminal with colours, or open the file; nothing else depends on it."
        return warned("not at all: this terminal has neither pixels nor colours", advice)
    through = ", through tmux" if terminal.graphics.passthrough else ""
    return passed(f"{how}{through}")


def terminal_has_colours(case: Examination) -> Verdict:
    """Say how many colours text and previews have."""
    terminal, environ = case.question.terminal, case.around.environ
    if terminal is None:
        return skipped(_NO_TERMINAL)
    match terminal.colours:
        case "truecolor" | "windows":
            return passed("16 million colours")
        case "256":
            return passed("256 colours")
        case None if environ.get("NO_COLOR"):
            return passed("switched off by NO_COLOR")
        case None:
            return warned(f"none (TERM={environ.get('TERM', '')})", "Set TERM to what your terminal is.")
        case _:
            found = f"16 colours (TERM={environ.get('TERM', '')}), too few for previews"
            return warned(found, "If your terminal has more: export COLORTERM=truecolor")


def chinese_takes_two_columns(case: Examination) -> Verdict:
    """Look whether Chinese can be printed, and whether the terminal agrees that a character takes two columns."""
    encoding = (case.around.stdout.encoding or "utf-8").lower()
    try:
        "画".encode(encoding)
    except (LookupError, UnicodeError):
        found = f"output is written as {encoding}, which has no Chinese"
        return failed(found, "Set PYTHONUTF8=1, or LC_ALL=C.UTF-8.", Code.CONFIG_INVALID)
    terminal = case.question.terminal
    if terminal is None:
        return passed(f"written as {encoding}")
    width = terminal.chinese_width
    if width is None:
        return skipped("the terminal did not tell how wide it is")
    if width != CHINESE_WIDTH:
        found = f"a character takes {width} column{'' if width == 1 else 's'} here, and not two"
        return warned(found, "Tables will be ragged; look at the terminal's settings for East Asian width and locale.")
    return passed("two columns each, as they should")


def completion_is_current(case: Examination) -> Verdict:
    """Look whether TAB completes, and completes what this version has."""
    completion = case.question.completion
    if completion is None:
        return skipped("$SHELL names no shell that there is a script for")
    command = f"Run: cpa-image completion {completion.shell} --install"
    match completion.state:
        case "current":
            return passed(f"installed for {completion.shell}")
        case "absent":
            found = f"not installed for {completion.shell}"
            # Where nobody presses TAB nobody misses it.
            return skipped(found) if case.question.terminal is None else warned(found, command)
        case "outdated":
            return warned(f"{completion.path} is of another version", command)
        case "foreign":
            return warned(f"{completion.path} is somebody else's", f"Move it away. {command}")
        case trouble:
            return warned(trouble, "Look at that path; nothing but TAB depends on it.")


def program_is_this_one(case: Examination) -> Verdict:
    """Say what runs, and whether the shell would run the same."""
    told = f"cpa-image {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    on_path = shutil.which("cpa-image", path=case.around.environ.get("PATH", ""))
    if on_path is None or sys.platform == "win32":
        return passed(told)
    folder = case.question.program.parent
    if Path(on_path).parent != folder and Path(on_path).resolve().parent != folder:
        advice = f"Two are installed: remove one, or call this one as {folder / 'cpa-image'}."
        return warned(f"{told}; but `cpa-image` in your shell is {on_path}", advice)
    return passed(told)
