"""
Writes version, files and digest into the skill in the box; ``test_skill.py`` holds them.

``python -m tests.skill.stamp`` brings them up to date after a change of the skill or of the version.
"""

import re

from cpa_image_cli import __version__
from cpa_image_cli.adapters.skill.installation import PACKAGED, packaged
from cpa_image_cli.core.skill import MAIN, digest_of


def stamped() -> str:
    """Return ``SKILL.md`` as it should be."""
    files = dict(packaged())
    text = files[MAIN].decode()
    text = re.sub(r"^  version: .*$", f'  version: "{__version__}"', text, flags=re.MULTILINE)
    text = re.sub(r"^  files: .*$", f"  files: {' '.join(files)}", text, flags=re.MULTILINE)
    files[MAIN] = text.encode()
    return re.sub(r"^  digest: .*$", f"  digest: {digest_of(files)}", text, flags=re.MULTILINE)


if __name__ == "__main__":
    (PACKAGED / MAIN).write_text(stamped(), encoding="utf-8")
