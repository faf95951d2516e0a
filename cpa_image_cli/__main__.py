"""The entry point of the ``cpa-image`` command and of ``python -m cpa_image_cli``."""

import sys


def main() -> None:
    """Run the command line of this process and exit with its status."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        # Scripts ask for the version often; it needs no command tree.
        from cpa_image_cli import __version__  # noqa: PLC0415

        print(f"cpa-image {__version__}")  # noqa: T201
        return
    from cpa_image_cli.surroundings import Surroundings  # noqa: PLC0415

    if arguments[:1] == ["__complete"]:
        # A shell asks this at TAB, and somebody waits for it.
        from cpa_image_cli.completion.answers import answer  # noqa: PLC0415

        sys.exit(answer(arguments[1:], Surroundings.of_process()))
    from cpa_image_cli.app import run  # noqa: PLC0415

    sys.exit(run(arguments, Surroundings.of_process()))


if __name__ == "__main__":
    main()
