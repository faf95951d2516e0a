"""
Draws README's picture of the gallery anew, in a headless Chromium: ``python tests/screens/gallery.py``.

The pictures on it are the sandbox's, made by the program itself.
"""

import base64
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PIL import Image

from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.gallery.browser import Browser

RESULT = Path(__file__).with_name("gallery.webp")
WIDTH, HEIGHT = 1120, 620
PROMPTS = (
    "a red squirrel in the snow, golden hour",
    "a poster for a jazz night",
    "minimal line icon of a cat",
    "a lighthouse in a storm, oil on canvas",
    "the old town of Lijiang at night",
    "a bowl of noodles, top view",
    "isometric office, pastel colours",
    "a paper boat on a puddle",
)


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home.made_in(Path(folder))
        for prompt in PROMPTS:
            run_here(home, "generate", prompt, "--sandbox", "--quiet", "--size", "1024x1024")
        page = Path(run_here(home, "gallery").stdout.decode().strip())
        with Browser(Path(folder) / "profile") as browser:
            browser.call(
                "Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False
            )
            browser.open(page.as_uri())
            browser.becomes("[...document.querySelectorAll('#grid img')].filter((one) => one.naturalWidth).length >= 8")
            shot = base64.b64decode(browser.call("Page.captureScreenshot")["data"])
    Image.open(io.BytesIO(shot)).convert("RGB").save(RESULT, quality=70, method=6)
    sys.stdout.write(f"{RESULT} {RESULT.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
