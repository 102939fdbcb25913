"""Everything that can be read in a file, whatever it is packed in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl


def texts(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    if path.suffix == ".parquet":
        yield path.name
        yield pl.read_parquet(path, hive_partitioning=False).cast(pl.String, strict=False).write_csv()
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name).decode(errors="replace") for name in archive.namelist())
    yield data.decode(errors="replace")
