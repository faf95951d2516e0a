"""Decides how a command speaks: results on standard output, everything else on standard error, pipes may close."""

import contextlib
import errno
import os
import traceback
from typing import TextIO

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.core.errors import Code, CpaImageError, OutputError
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import SOURCES
from cpa_image_cli.core.text import clean
from cpa_image_cli.process.secrets import SECRETS
from cpa_image_cli.process.surroundings import Surroundings


class ResultLostError(OutputError):
    """Standard output took no more, so nobody will read there that it did not."""


def write_line(stream: TextIO, line: str) -> None:
    """
    Write *line* to *stream* and flush it: to the letter for a program, harmless on a terminal.

    The name of a file, or a value that somebody configured, may hold anything. Raises: ResultLostError.
    """
    write_drawn(stream, clean(line) if _is_terminal(stream) else line)


def write_drawn(stream: TextIO, line: str) -> None:
    """
    Write *line*, whose colours are ours and whose words are clean, and flush it; a reader that went away is no error.

    A path is written as the file system spells it, even where the stream's encoding cannot.
    Raises: ResultLostError for a stream that cannot take it, such as a file on a full disk.
    """
    try:
        try:
            stream.write(line + "\n")
        except UnicodeEncodeError:
            stream.flush()
            stream.buffer.write(os.fsencode(line) + b"\n")
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except ValueError:
        # Closed before we were started, as in `cpa-image … >&-`.
        pass
    except OSError as error:
        silence(stream)
        raise _lost(error) from error


def _is_terminal(stream: TextIO) -> bool:
    # One that was closed before we were started is none, and cannot be asked.
    return not stream.closed and stream.isatty()


def as_lost_result(error: Exception) -> ResultLostError | None:
    """Return *error* as a lost result if that is what it says: a file that takes no more would have a name."""
    takes_no_more = isinstance(error, OSError) and error.errno in _TAKES_NO_MORE and error.filename is None
    return _lost(error) if takes_no_more else None


def flushed(stdout: TextIO | None, stderr: TextIO | None, status: int) -> int:
    """
    Return *status*, or that of a lost result if *stdout* still has something that it cannot take.

    Without this the interpreter tries again at its end, complains in its own words, and exits with 120.
    """
    lost = _unflushable(stdout)
    if lost is not None and status == 0:
        status = int(lost.exit_status)
        if stderr is not None:
            with contextlib.suppress(ResultLostError):
                write_line(stderr, f"cpa-image: {lost.message} [{lost.code.word}]")
    _unflushable(stderr)
    return status


def _unflushable(stream: TextIO | None) -> ResultLostError | None:
    """Flush *stream*, or give it up; return what that loses."""
    if stream is None:
        return None
    try:
        stream.flush()
    except (OSError, ValueError) as error:
        silence(stream)
        return as_lost_result(error)
    return None


def _lost(error: Exception) -> ResultLostError:
    reason = getattr(error, "strerror", None) or error
    return ResultLostError(f"the result cannot be written: {reason}", code=Code.OUTPUT_UNWRITABLE)


_TAKES_NO_MORE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def silence(stream: TextIO) -> None:
    """Point a broken *stream* at nothing, so that the interpreter's flush at exit does not complain."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


def tell_error(error: CpaImageError, around: Surroundings) -> None:
    """Tell *error* to a person, if standard error can take it."""
    from cpa_image_cli.ui.failure.problem import Problem, as_lines

    with contextlib.suppress(ResultLostError):
        for line in as_lines(Problem.of(error)):
            write_line(around.stderr, line)


def as_internal_error(bug: Exception, around: Surroundings) -> CpaImageError:
    """Return *bug* as an error of ours, its details written to a private file without any key."""
    details = SECRETS.out_of("".join(traceback.format_exception(bug)))
    for source in SOURCES["api_key"]:
        # Perhaps it broke before they were read.
        if source.origin is Origin.ENVIRONMENT:
            details = Secret(around.environ.get(source.name, "")).out_of(details)
    sentence = f"a bug in this program: {type(bug).__name__}"
    try:
        path = around.directories().data / "crash.txt"
        make_private(path.parent)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(details)
    except OSError:
        return CpaImageError(sentence, code=Code.INTERNAL, hint="Please report what you did.")
    return CpaImageError(sentence, code=Code.INTERNAL, hint=f"Please report it with the details in {path}.")
