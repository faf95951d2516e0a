"""The entry point of the ``cpa-image`` command and of ``python -m cpa_image_cli``."""

import gc
import os
import signal
import sys

STOPPED = (130, 143)
"""Exit statuses of a run that was broken off, by Ctrl-C and by SIGTERM."""

MOST_UNLOOKED = 100_000
"""Objects after which the collector looks for garbage, in place of 700: imports make many, none of them garbage."""


def main() -> None:
    """Run the command line of this process and exit with its status."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        # Scripts ask for the version often; it needs no command tree.
        from cpa_image_cli import __version__

        print(f"cpa-image {__version__}")  # noqa: T201
        return
    if arguments[:1] == ["__complete"]:
        # A shell asks this at TAB, and somebody waits for it.
        from cpa_image_cli.completion.tab_answers import answer
        from cpa_image_cli.process.surroundings import Surroundings

        sys.exit(answer(arguments[1:], Surroundings.of_process()))
    if arguments[:1] == ["__job"]:
        # One of ours has started us for a job in the background, and tells us through a pipe what it is.
        from cpa_image_cli.commands.generate.detaching import carry_out_given

        sys.exit(carry_out_given())
    gc.set_threshold(MOST_UNLOOKED)
    _leave(_run(arguments))


def _run(arguments: list[str]) -> int:
    from cpa_image_cli.process.signals import SIGNALS, Stopped, code_of

    try:
        SIGNALS.listen()
        # These take a moment, in which somebody may press Ctrl-C.
        from cpa_image_cli.app import run
        from cpa_image_cli.process.surroundings import Surroundings

        status = run(arguments, Surroundings.of_process())
    except (KeyboardInterrupt, Stopped) as stop:
        from cpa_image_cli.app import stopped
        from cpa_image_cli.process.surroundings import Surroundings

        status = stopped(code_of(stop), arguments, Surroundings.of_process())
    SIGNALS.ignore()
    return status


def _leave(status: int) -> None:
    if status in STOPPED:
        # The thread that was left behind may hold the lock of standard output: the interpreter would wait, and crash.
        os._exit(status)
    # At its end the interpreter would look through everything for garbage, several times: a sixth of a short run.
    gc.freeze()
    from cpa_image_cli.commands.dialogue.stdio import flushed

    status = flushed(sys.stdout, sys.stderr, status)
    # While the interpreter ends, signals have their default meaning again: one that came then would change a status
    # that is settled.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


if __name__ == "__main__":
    main()
