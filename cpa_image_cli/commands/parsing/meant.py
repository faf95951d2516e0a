"""
Decides which option was meant by one that there is not: by what its name means, and not by its letters alone.

To teach it a name that people try, add a row to `MEANT`; the first of its options that the command has is offered.
"""

import difflib
from collections.abc import Iterable, Mapping

MEANT: Mapping[str, tuple[str, ...]] = {
    "--out": ("--output",),
    "--file": ("--output", "--prompt-file"),
    "--save": ("--output",),
    "--dir": ("--output", "--output-dir"),
    "--folder": ("--output", "--output-dir"),
    "--filename": ("--output",),
    "--name": ("--output", "--profile"),
    "--resolution": ("--size",),
    "--dimensions": ("--size",),
    "--aspect-ratio": ("--size",),
    "--width": ("--size",),
    "--height": ("--size",),
    "--hd": ("--quality",),
    "--compression": ("--output-compression",),
    "--transparent": ("--background",),
    "--key": ("--profile",),
    "--api-key": ("--api-key-env", "--profile"),
    "--token": ("--api-key-env", "--profile"),
    "--url": ("--base-url",),
    "--host": ("--base-url",),
    "--endpoint": ("--base-url",),
    "--gateway": ("--base-url",),
    "--overwrite": ("--force",),
    "--replace": ("--force",),
    "--count": ("--count", "-n", "--limit"),
    "--number": ("-n", "--limit"),
    "--parallel": ("--jobs",),
    "--view": ("--open", "--preview"),
    "--show": ("--preview", "--open"),
    "--clipboard": ("--copy",),
    "--silent": ("--quiet",),
    "--debug": ("--verbose",),
    "--test": ("--dry-run", "--sandbox"),
    "--simulate": ("--sandbox",),
    "--dry": ("--dry-run",),
    "--curl": ("--dry-run",),
    "--retry": ("--retries",),
    "--wait": ("--max-wait", "--timeout"),
    "--system": ("--instructions",),
    "--text": ("--prompt",),
    "--input": ("--image", "--prompt-file"),
    "--reference": ("--image",),
    "--limit": ("-n", "--limit"),
    "--delete": ("--delete-picture",),
    "--force": ("--yes",),
    "--all": ("--limit",),
}
"""What people try, and what it is called here."""

SCENARIOS = "`cpa-image sandbox --list` shows what the sandbox can play."


def advice_for(option: str, known: Iterable[str], *, path: str) -> str:
    """Return what to do about *option*, which the command *path* does not have; *known* are those it has."""
    there = tuple(known)
    if option == "--list" and "--scenario" in there:
        return SCENARIOS
    near = next((name for name in MEANT.get(option, ()) if name in there), None)
    near = near or next(iter(difflib.get_close_matches(option, there, n=1, cutoff=0.7)), None)
    if near is not None:
        return f"Perhaps you meant {near}. `{path} --help` explains it."
    if option in {"--key", "--api-key", "--token"}:
        return "There is no option for a key, since others can read command lines: set IMAGE_GEN_KEY."
    return f"`{path} --help` lists what there is."
