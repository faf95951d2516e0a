"""
Reads what OpenClaw, on the same machine, knows of its provider ``otcbot``; nothing is run, nothing written.

``known`` says what may be known, ``openclaw_paths`` where the files are, ``documents`` how they are read,
``key_forms`` what stands for a key, ``current_model`` which model is in use, ``provider`` what of all this we use. The
facts come from OpenClaw and clawdbot releases of 2026; a new release's rename belongs into the module that names the
old one.
"""

from collections.abc import Mapping
from pathlib import Path

from cpa_image_cli.adapters.openclaw.known import Located, OpenClaw, Unresolved
from cpa_image_cli.adapters.openclaw.openclaw_paths import has_traces, home_of

__all__ = ["Located", "OpenClaw", "Unresolved", "read"]


def read(environ: Mapping[str, str], home: Path) -> OpenClaw:
    """Return what OpenClaw knows, for the user whose home is *home*. Never raises for what is in its files."""
    if not has_traces(environ, home_of(environ, home)):
        # Most people have none, and its forms of a key are many.
        return OpenClaw()
    from cpa_image_cli.adapters.openclaw import provider

    return provider.read(environ, home)
