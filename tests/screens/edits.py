"""
Draws README's picture of an edit anew, with the program itself and its sandbox: ``python tests/screens/edits.py``.

From left to right: what was drawn, the mask, the edit with everything outside the mask put back, and a second edit that
goes on from it. How a WebP is packed differs between versions of Pillow, so no test holds the file to its bytes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

RESULT = Path(__file__).with_name("edits.webp")
EDGE = 240
GAP = 8
SIZE = (512, 512)
HOLE = (300, 60, 470, 230)


def run(folder: Path, *words: str) -> None:
    """Run the program in *folder*, in the sandbox."""
    program = str(Path(sys.executable).with_name("cpa-image"))
    environ = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
    subprocess.run([program, *words, "--sandbox", "--quiet"], cwd=folder, env=environ, check=True, capture_output=True)


def drawn(folder: Path) -> list[Path]:
    """Draw in *folder*; return the pictures from left to right."""
    run(folder, "generate", "a valley in spring", "-o", "valley.png", "--size", f"{SIZE[0]}x{SIZE[1]}")
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).ellipse(HOLE, fill=255)
    mask.save(folder / "hole.png")
    edit = ("edit", "valley.png", "a balloon in the sky", "--mask", "hole.png", "--keep-outside", "-o", "balloon.png")
    run(folder, *edit)
    run(folder, "edit", "last", "now at night", "-o", "night.png")
    return [folder / name for name in ("valley.png", "hole.png", "balloon.png", "night.png")]


def main() -> None:
    """Draw, and lay the pictures side by side."""
    with tempfile.TemporaryDirectory() as name:
        pictures = [Image.open(path).convert("RGB").resize((EDGE, EDGE)) for path in drawn(Path(name))]
    strip = Image.new("RGBA", (len(pictures) * (EDGE + GAP) - GAP, EDGE), (0, 0, 0, 0))
    for number, picture in enumerate(pictures):
        strip.paste(picture, (number * (EDGE + GAP), 0))
    strip.save(RESULT, quality=85, method=6)


if __name__ == "__main__":
    main()
