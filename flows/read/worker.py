"""A process of its own that reads files one after another, so that no file can take the run down with it."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from flows.read.faults import problem
from flows.read.reader import read_file, refusal
from flows.read.table import Doc
from schemas.contract import Dataset

LENGTH = struct.Struct("<Q")
MEMORY = "Đọc tệp cần quá nhiều bộ nhớ so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
# An xlsx of plain records unpacks to about twenty times its size as Python values.
_HEADROOM = 96 << 20
_PER_BYTE = 60


def send(pipe: BinaryIO, message: object) -> None:
    """Writes one message, its length before it."""
    body = pickle.dumps(message, protocol=5)
    pipe.write(LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message.

    Raises:
        EOFError: the other side is gone.
    """
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    size = LENGTH.unpack(head)[0]
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return pickle.loads(body)  # noqa: S301 - both ends of the pipe are this program


def main() -> None:
    """Answers each (content or path, name) with its Doc until the other side closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    questions = sys.stdin.buffer
    datasets: Mapping[str, Dataset] = receive(questions)
    send(answers, "ready")
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            source, name = receive(questions)
            send(answers, _read(source, name, datasets))


def _read(source: bytes | str, name: str, datasets: Mapping[str, Dataset]) -> Doc:
    data = Path(source).read_bytes() if isinstance(source, str) else source
    _limit_memory(_HEADROOM + _PER_BYTE * len(data))
    try:
        return read_file(data, name, datasets)
    except MemoryError:
        gc.collect()
        return refusal(problem("tep.nguy_hiem", MEMORY))


def _limit_memory(more: int) -> None:
    """Lets this process take `more` bytes beyond what it holds now, where the system can limit that."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    status = Path("/proc/self/status")
    if status.exists():
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmData"))
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (int(held.split()[1]) * 1024 + more, hard))


if __name__ == "__main__":
    main()
