"""`dulieuxa sample`: writes the submissions of an invented commune."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.engine.screen import say


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Thư mục của xã mẫu; tệp nằm ở DIR/raw/inbox/.")
    ],
    seed: Annotated[int, typer.Option(help="Cùng số này thì tệp giống nhau từng byte.")] = 7,
    persons: Annotated[int, typer.Option(min=100, help="Số người.")] = 12_000,
    clean: Annotated[bool, typer.Option("--clean", help="Không gài lỗi nào.")] = False,
    truth: Annotated[
        Path | None,
        typer.Option(help="Ghi mọi lỗi đã gài vào tệp CSV này; với nhiều xã: ai có tên ở hơn một xã."),
    ] = None,
    communes: Annotated[
        int,
        typer.Option(
            min=1, help="Số xã; từ hai xã thì mỗi xã một thư mục DIR/<mã xã>, --persons là của mỗi xã."
        ),
    ] = 1,
) -> None:
    """Đặt ra tệp nộp của một xã mẫu, người và số đều không có thật.

    Ví dụ: dulieuxa sample xa_mau --truth loi_gai.csv; rồi dulieuxa run --root xa_mau --date 2026-11-24
    """
    from flows.collect.load import load_files
    from flows.root import Root
    from flows.sample import write, write_province

    if communes > 1:
        written = write_province(folder, communes, seed=seed, persons=persons, clean=clean, truth=truth)
        for place in sorted(path for path in folder.iterdir() if (path / "raw").is_dir()):
            load_files(Root(place.resolve()), None)
        say(f"Đã ghi {written.files} tệp của {written.persons} người ở {communes} xã vào {folder}.")
        return
    written = write(folder, seed=seed, persons=persons, clean=clean, truth=truth)
    # Their story is that they came over the last two years.
    load_files(Root(folder.resolve()), None)
    say(f"Đã ghi {written.files} tệp của {written.persons} người vào {folder / 'raw' / 'inbox'}.")
