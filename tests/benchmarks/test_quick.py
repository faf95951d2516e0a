import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

RUN = Path(__file__).with_name("run.py")
MISSING = [program for program in ("curl", "jq", "base64") if shutil.which(program) is None]


@pytest.mark.skipif(sys.platform != "linux", reason="measures on Linux only")
@pytest.mark.skipif(bool(MISSING), reason=f"what is compared with is not here: {', '.join(MISSING)}")
def test_all_clients_end_with_the_same_picture_and_our_memory_stays_flat() -> None:
    # It exits with 1 if not. Times are printed and not judged: they belong to the machine.
    done = subprocess.run([sys.executable, str(RUN), "--quick"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line[:6] for line in done.stdout.splitlines() if "peak memory" in line] == ["holds "] * 4
