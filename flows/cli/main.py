"""Entry point of `dulieuxa`: registers the commands, turns exceptions into a message and an exit code."""

from __future__ import annotations

import gc
import os
import pkgutil
import sys
from importlib import import_module
from typing import NoReturn

import typer

from flows.cli import commands
from flows.cli.vietnamese import Command, Group
from flows.engine.screen import say, say_all
from flows.errors import (
    DISK,
    AuditRefusedError,
    BadKeyError,
    DamagedReleaseError,
    ForeignStateError,
    LockedError,
    NoReleaseError,
    OpenLineError,
    PortTakenError,
    message_of,
)
from schemas.declared import DeclarationError

# Errors that tell by themselves what to do.
_TOLD = (
    BadKeyError,
    DamagedReleaseError,
    DeclarationError,
    ForeignStateError,
    NoReleaseError,
    OpenLineError,
    PortTakenError,
)

WRONG_USAGE = 2
NOT_PUBLISHED = 3
LOCKED = 4
OUR_FAULT = 5


def build_app() -> typer.Typer:
    """Build the command line with every module of `flows.cli.commands` as a command."""
    app = typer.Typer(
        help="Dữ liệu xã: thu tệp của các đơn vị, kiểm đúng, đủ, sạch, sống, "
        "công bố Parquet, chỉ tiêu và báo cáo lỗi.",
        epilog="Mã thoát: 0 xong; 1 có lỗi chặn (check); 2 dùng sai; 3 không công bố; "
        "4 đang có lượt chạy khác; 5 lỗi của chương trình.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        cls=Group,
        options_metavar="[TÙY CHỌN]",
        subcommand_metavar="LỆNH …",
    )
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda each: each.name):
        command = import_module(f"{commands.__name__}.{module.name}").command
        app.command(module.name.rstrip("_").replace("_", "-"), cls=Command, options_metavar="[TÙY CHỌN]")(
            command
        )
    return app


def main() -> None:
    """Run the command line; exit codes as listed in the help."""
    # Most objects live until the command ends, so a collection every 700 objects (the default) is wasted.
    gc.set_threshold(50_000)
    try:
        build_app()()
    except LockedError as locked:
        say(str(locked), err=True)
        sys.exit(LOCKED)
    except _TOLD as unknown:
        say_all(str(unknown), err=True)
        sys.exit(WRONG_USAGE)
    except AuditRefusedError as refused:
        say_all(str(refused), err=True)
        sys.exit(NOT_PUBLISHED)
    except OSError as error:
        if error.errno not in DISK:
            _report_own_fault(error)
        say(f"{message_of(error)} Không công bố gì, bản trước giữ nguyên.", err=True)
        sys.exit(OUR_FAULT)
    except Exception as error:
        _report_own_fault(error)


def _report_own_fault(error: Exception) -> NoReturn:
    if os.environ.get("DULIEUXA_DEBUG"):
        raise error
    say_all(message_of(error), err=True)
    say("Đặt DULIEUXA_DEBUG=1 rồi chạy lại để xem chi tiết.", err=True)
    sys.exit(OUR_FAULT)


if __name__ == "__main__":
    main()
