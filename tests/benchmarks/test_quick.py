import subprocess
import sys
from pathlib import Path

import pytest

from tests.required import require_programs

pytestmark = pytest.mark.slow

RUN = Path(__file__).with_name("run.py")


@pytest.mark.skipif(sys.platform != "linux", reason="measures on Linux only")
def test_our_memory_stays_flat_however_much_is_sent() -> None:
    require_programs("curl", "jq", "base64")
    uploads = RUN.with_name("uploads.py")
    done = subprocess.run([sys.executable, str(uploads), "--quick"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="measures on Linux only")
def test_all_clients_end_with_the_same_picture_and_our_memory_stays_flat() -> None:
    require_programs("curl", "jq", "base64")
    # It exits with 1 if not. Times are printed and not judged: they belong to the machine.
    done = subprocess.run([sys.executable, str(RUN), "--quick"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line[:6] for line in done.stdout.splitlines() if "peak memory" in line] == ["holds "] * 4
