"""
Runs ``api_key_command``, the program whose output is the API key, such as a password manager.

No shell is involved. The program keeps our controlling terminal, so a password manager can ask on it, but gets no
standard input: that may be the prompt, piped in. Its own error output is held back, to be shown when it fails; the
programs that ask do so on the terminal itself.
"""

import subprocess
from collections.abc import Callable, Mapping

from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.gateway.headers import key_problem
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import one_line

KEY_COMMAND_TIMEOUT = 120.0
"""Seconds; enough to unlock a vault by hand."""

_SHOWN = 300


def key_from_command(
    command: str,
    *,
    environ: Mapping[str, str],
    at: Callable[[str], str] = lambda program: program,
    timeout: float = KEY_COMMAND_TIMEOUT,
) -> Secret:
    """
    Run *command*, split as a shell would, and return its trimmed output; *timeout* is in seconds.

    *at* says where the program is, which may be written with ``~`` or ``$HOME``; nothing else is expanded.

    Raises: ConfigError with `Code.KEY_COMMAND_FAILED`.
    """
    words = _words(command)
    words[0] = at(words[0])
    try:
        with subprocess.Popen(  # noqa: S603 - the user's own program, from the user's own file
            words, env=dict(environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            output, complaint = _output(process, words[0], timeout=timeout)
    except (OSError, ValueError) as exc:
        reason = "there is no such program" if isinstance(exc, FileNotFoundError) else one_line(str(exc), limit=_SHOWN)
        hint = "Write the whole path; variables mean something to a shell only." if words[0][0] in "~$" else None
        raise _failed(words[0], f"could not be run: {reason}", hint=hint) from exc
    if process.returncode != 0:
        raise _failed(words[0], f"failed with status {process.returncode}: {_shown(complaint) or '(it said nothing)'}")
    return _key(words[0], output, complaint)


def _words(command: str) -> list[str]:
    import shlex

    try:
        words = shlex.split(command)
    except ValueError as exc:
        raise _failed("", f"cannot be split into words: {exc}") from exc
    if not words or not words[0]:
        raise _failed("", "names no program")
    return words


def _output(process: "subprocess.Popen[bytes]", program: str, *, timeout: float) -> tuple[bytes, bytes]:
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as exc:
        # Not waiting for the pipes: a child of the program may hold them open for good.
        process.kill()
        raise _failed(program, f"gave no answer within {timeout:g} s") from exc
    except BaseException:
        # Ctrl-C or SIGTERM: whoever stops us wants neither to wait for it nor to find it running afterwards.
        process.kill()
        process.wait()
        raise


def _key(program: str, output: bytes, complaint: bytes) -> Secret:
    """Return *output* as a key; what is wrong with it is said without repeating it."""
    try:
        text = output.decode().strip()
    except UnicodeDecodeError as exc:
        raise _failed(program, "printed bytes that are no text") from exc
    if not text:
        raise _failed(program, f"printed nothing; its errors: {_shown(complaint) or '(none)'}")
    problem = key_problem(text)
    if problem:
        hint = (
            "To keep the first line only: api_key_command = \"sh -c 'PROGRAM | head -n 1'\"" if "\n" in text else None
        )
        raise _failed(program, f"printed a text that {problem}", hint=hint)
    return Secret(text)


def _shown(complaint: bytes) -> str:
    return one_line(complaint.decode(errors="replace"), limit=_SHOWN)


def _failed(program: str, problem: str, *, hint: str | None = None) -> ConfigError:
    # Only the program's name: its arguments may hold secrets.
    named = f" ({one_line(program, limit=80)})" if program else ""
    return ConfigError(
        f"the `api_key_command`{named} {problem}",
        code=Code.KEY_COMMAND_FAILED,
        hint=hint or "Run the command by hand; it must print the key and nothing else.",
    )
