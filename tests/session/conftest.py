"""What most session tests begin with: a person's empty home, and a gateway that is their own."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose configuration says that pictures are not drawn: the emulator knows no graphics."""
    folder = tmp_path / "config" / "cpa-image"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('preview = "never"\nname_template = "{prompt}"\n', encoding="utf-8")
    return tmp_path


class Gate:
    """Holds every answer back while it is shut."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def pass_through(self, _: float) -> None:
        self._open.wait(60)


class Gateway(Sandbox):
    """A sandbox whose answers can be held back, and which knows what was asked of it."""

    def __init__(self, scenario: str = "ok") -> None:
        self.gate = Gate()
        super().__init__(scenario, key="sk-of-a-test", pace=1.0, sleep=self.gate.pass_through)

    @property
    def environ(self) -> dict[str, str]:
        return {"IMAGE_GEN_BASE_URL": self.base_url, "IMAGE_GEN_KEY": self.key}

    @property
    def prompts(self) -> list[str]:
        """What was to be drawn, in the order it was asked."""
        bodies = [request.json for request in self.requests if request.method == "POST"]
        return [body["input"] for body in bodies if isinstance(body, dict)]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running
        running.gate.open()
