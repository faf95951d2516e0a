"""
The program with its memory measured: ``measured.py FILE ARGUMENT...`` writes its peak in bytes to FILE.

The parent cannot do that: to the system, a child's peak counts from its fork and so includes that of the test run.
"""

import atexit
import sys
from pathlib import Path

from cpa_image_cli.__main__ import main


def write_peak(file: Path) -> None:
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM:")]
    file.write_text(str(int(peak.split()[1]) * 1024))


if __name__ == "__main__":
    atexit.register(write_peak, Path(sys.argv.pop(1)))
    main()
