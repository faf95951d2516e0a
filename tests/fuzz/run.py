"""
Runs the fuzzer: ``python tests/fuzz/run.py [--iterations N] [--seconds S] [--seed N] [--corpus DIR] [--finds DIR]``.

Needs atheris, which ``pip install -e '.[dev]'`` brings where it exists. What breaks something is written to *finds*,
by default ``tests/fuzz/finds``, where the ordinary tests replay it from then on; the process then ends with 77. With
``--corpus`` the inputs that reached something new are kept there, and the next run begins with them. The same seed,
iterations and no corpus give the same run again.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

FOUND = 77
"""How libFuzzer ends when something was found."""

LONGEST_INPUT = 8192
"""Bytes of an input, before its words are written out."""

TOO_SLOW = 20
"""Seconds after which an input counts as a find."""


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the reader of answers, guided by coverage.")
    parser.add_argument("--iterations", type=int, default=0, metavar="N", help="stop after N inputs")
    parser.add_argument("--seconds", type=int, default=0, metavar="S", help="stop after S seconds")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the random choices; 0 takes another each time"
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="where inputs that reach something new are kept")
    parser.add_argument("--finds", type=Path, default=HERE / "finds", metavar="DIR", help="where finds are written")
    return parser.parse_args(words)


def fuzz(asked: argparse.Namespace, corpus: Path) -> None:
    """Run until the iterations or the seconds are over, or something is found. Ends the process."""
    import atheris

    with atheris.instrument_imports(
        include=["cpa_image_cli.core", "cpa_image_cli.engine.answer_intake", "cpa_image_cli.engine.attempt"]
    ):
        from tests.fuzz.target import examine
    from tests.fuzz.seeds import inputs

    for name, data in inputs().items():
        (corpus / f"seed-{name}").write_bytes(data)
    arguments = [
        sys.argv[0],
        f"-runs={asked.iterations or -1}",
        f"-max_total_time={asked.seconds}",
        f"-seed={asked.seed}",
        f"-max_len={LONGEST_INPUT}",
        f"-timeout={TOO_SLOW}",
        f"-dict={HERE / 'answers.dict'}",
        f"-artifact_prefix={asked.finds}/",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup(arguments, examine)
    atheris.Fuzz()


def main() -> None:
    asked = options()
    asked.finds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        corpus = asked.corpus or Path(scratch)
        corpus.mkdir(parents=True, exist_ok=True)
        fuzz(asked, corpus)


if __name__ == "__main__":
    main()
