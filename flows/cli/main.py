"""Entry point of `dulieuxa`: registers the commands, turns exceptions into a message and an exit code."""

from __future__ import annotations

import gc
import os
import pkgutil
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer

from flows.cli import commands
from flows.cli.vietnamese import Command, Group
from flows.engine.screen import say, say_all
from flows.errors import (
    DISK,
    AuditRefusedError,
    BackupError,
    BadKeyError,
    DamagedReleaseError,
    ForeignStateError,
    LockedError,
    MissingPartError,
    NeedsLinuxError,
    NoReleaseError,
    OpenLineError,
    PortTakenError,
    message_of,
)
from flows.system.code import code_version
from flows.system.linux import SERVES
from schemas.declared import DeclarationError

# Errors that tell by themselves what to do.
_TOLD = (
    BackupError,
    BadKeyError,
    DamagedReleaseError,
    DeclarationError,
    ForeignStateError,
    MissingPartError,
    NeedsLinuxError,
    NoReleaseError,
    OpenLineError,
    PortTakenError,
)

#: What clerks need: these commands work on Windows, too.
ANYWHERE = ("check", "explain", "sample", "sql", "status", "template")

WRONG_USAGE = 2
NOT_PUBLISHED = 3
LOCKED = 4
OUR_FAULT = 5


class ServerCommand(Command):
    """A command for the machine that keeps a commune's data; its help is shown anywhere."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            NeedsLinuxError: this system lacks what it needs.
        """
        if not SERVES:
            raise NeedsLinuxError(
                f"dulieuxa {self.name} cần Linux, máy này không có. Chạy nó trên máy chủ của xã; máy này "
                f"dùng được: {', '.join(ANYWHERE)}."
            )
        return super().invoke(ctx)


def show_version(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Phiên bản của chương trình này.")
    ] = False,
) -> None:
    """Say which code this is, if asked to."""
    if version:
        say(f"dulieuxa {code_version()}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """Build the command line with every module of `flows.cli.commands` as a command."""
    app = typer.Typer(
        callback=show_version,
        invoke_without_command=True,
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
        name = module.name.rstrip("_").replace("_", "-")
        kind = Command if name in ANYWHERE else ServerCommand
        app.command(name, cls=kind, options_metavar="[TÙY CHỌN]")(command)
    return app


def main() -> None:
    """Run the command line; exit codes as listed in the help."""
    # Most objects live until the command ends, so a collection every 700 objects (the default) is wasted.
    gc.set_threshold(50_000)
    # Windows writes into files and pipes as its old code page, which lacks most Vietnamese letters.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and (stream.encoding or "").lower() != "utf-8":
            stream.reconfigure(encoding="utf-8")
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
