"""
Reads what OpenClaw, on the same machine, knows of its provider ``otcbot``; nothing is run, nothing written.

``places`` decides where the files are, ``documents`` how they are read, ``key_forms`` what stands for a key,
``current_model`` which model is in use, ``provider`` what of all this we use. The facts come from OpenClaw and
clawdbot releases of 2026; a new release's rename belongs into the module that names the old one.
"""

from cpa_image_cli.adapters.openclaw.key_forms import Unresolved
from cpa_image_cli.adapters.openclaw.provider import Located, OpenClaw, read

__all__ = ["Located", "OpenClaw", "Unresolved", "read"]
