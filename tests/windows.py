"""Stands in for Windows: a Python that lacks what only Linux and its family have, in every process it starts.

Put this file's folder `blocked` first in PYTHONPATH: Python runs `sitecustomize` before anything else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]

SITE = """
import errno, fcntl, multiprocessing.context, os, sys, types
import getpass, subprocess  # which tell Windows by msvcrt

def taken(*_):
    raise AttributeError("not on Windows")

# Windows locks bytes of a file. Locks of POSIX do the same, between processes.
def locking(handle, kind, count):
    try:
        how = fcntl.LOCK_EX if kind == 1 else fcntl.LOCK_EX | fcntl.LOCK_NB
        fcntl.lockf(handle, how, count, os.lseek(handle, 0, 1))
    except OSError as held:
        raise PermissionError(errno.EACCES, "Permission denied") from held

msvcrt = types.ModuleType("msvcrt")
msvcrt.locking, msvcrt.LK_LOCK, msvcrt.LK_NBLCK = locking, 1, 2
sys.modules["msvcrt"] = msvcrt

for name in ("fcntl", "resource", "grp", "pwd", "termios", "tty", "pty", "syslog"):
    sys.modules[name] = None
for name in (
    "fork forkpty geteuid getuid getegid getgid fchmod fchown chown O_NOFOLLOW O_DIRECTORY O_NONBLOCK "
    "O_CLOEXEC O_NOCTTY setsid getpgid killpg wait3 wait4 mkfifo sched_getaffinity"
).split():
    if hasattr(os, name):
        delattr(os, name)
os.supports_dir_fd = os.supports_follow_symlinks = os.supports_fd = set()

real_open, real_replace, real_rename = os.open, os.replace, os.rename

def open_file(path, flags, mode=0o777, *, dir_fd=None):
    if dir_fd is not None:
        raise NotImplementedError("dir_fd unavailable on this platform")
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)
    return real_open(path, flags, mode)

def renaming(real):
    def rename(old, new, **more):
        opened = {os.path.realpath(f"/proc/self/fd/{at}") for at in os.listdir("/proc/self/fd")}
        if {os.path.realpath(old), os.path.realpath(new)} & opened:
            raise PermissionError(errno.EACCES, "used by another process", old)
        return real(old, new, **more)
    return rename

os.open, os.replace, os.rename = open_file, renaming(real_replace), renaming(real_rename)

multiprocessing.context.DefaultContext.get_all_start_methods = lambda self: ["spawn"]
import warnings
warnings.filterwarnings("error", category=EncodingWarning, module="flows|schemas")  # its own code page

known = multiprocessing.context._concrete_contexts
for name in ("fork", "forkserver"):
    known.pop(name)
for name in ("ForkContext", "ForkServerContext", "ForkProcess", "ForkServerProcess"):
    delattr(multiprocessing.context, name)
"""


def run_blocked(folder: Path, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python `code` as on Windows, in `folder`; its output goes into a pipe as an old code page."""
    (folder / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    environment = os.environ | {
        "PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}",
        "PYTHONIOENCODING": "cp1258",
        "PYTHONUTF8": "0",
        "PYTHONWARNDEFAULTENCODING": "1",
        "COLUMNS": "100",
    }
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
