"""
Decides whether the process that began a run is still there.

A process number alone is not enough: it is given out again, and means nothing in another container or after a
restart. So on Linux a mark of machine start, container and process start goes with it; elsewhere the number must do.
"""

import os
import sys
from pathlib import Path

_PROC = Path("/proc")
_STATE, _STARTED = 0, 19
"""Places in ``/proc/PID/stat`` after the name, which is in brackets and may hold anything: proc(5), fields 3 and 22."""


def own_mark() -> str:
    """Return what tells this process from all others with its number; empty where nothing does."""
    return mark_of(os.getpid())


def mark_of(pid: int) -> str:
    """Return the same for the process *pid*, which is running."""
    fields = _stat(pid)
    return f"{_machine()} {fields[_STARTED]}" if fields else ""


def is_running(pid: int, mark: str) -> bool:
    """Whether the process *pid*, which once had *mark*, still runs."""
    if not mark:
        return _is_there(pid)
    machine, _, started = mark.rpartition(" ")
    fields = _stat(pid)
    return machine == _machine() and bool(fields) and fields[_STATE] not in "ZX" and fields[_STARTED] == started


def _machine() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _is_there(pid: int) -> bool:
    if sys.platform == "win32":
        return _is_there_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":

    def _is_there_on_windows(pid: int) -> bool:
        # os.kill would end the process there, whatever the signal.
        import ctypes

        query_limited_information, still_active = 0x1000, 259
        handle = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, pid)
        if not handle:
            return False
        status = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(status))
        ctypes.windll.kernel32.CloseHandle(handle)
        return status.value == still_active
