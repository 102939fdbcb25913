"""Translates the texts of the command-line library: help pages and usage errors."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import Abort, TyperException

from flows.engine.screen import harmless

#: Texts of help pages that the library keeps in variables, by name of the variable.
WORDS = {
    "ARGUMENTS_PANEL_TITLE": "Đối số",
    "OPTIONS_PANEL_TITLE": "Tùy chọn",
    "COMMANDS_PANEL_TITLE": "Lệnh",
    "ERRORS_PANEL_TITLE": "Gõ sai",
    "ABORTED_TEXT": "Đã dừng.",
    "DEFAULT_STRING": "[mặc định: {}]",
    "ENVVAR_STRING": "[biến môi trường: {}]",
    "REQUIRED_LONG_STRING": "[bắt buộc]",
    "RICH_HELP": "Xem cách dùng: [blue]{command_path} {help_option}[/]",
}
#: Placeholder of an option's value, by type; a switch has none.
TAKES: dict[type, str] = {Path: "ĐƯỜNG_DẪN", int: "SỐ", datetime: "NGÀY", str: "CHỮ", bool: ""}
_WANTED = {
    datetime: "ngày viết như 24/11/2026 hoặc 2026-11-24",
    int: "một số nguyên",
    Path: "đường dẫn của một {} có thật",
}
#: Error messages of the parser: a pattern of the English text, and the Vietnamese text.
_TRANSLATIONS = {
    r"No such command '([^']*)'\.": "Không có lệnh {}.",
    r"No such command '([^']*)'\. Did you mean (.*)\?": "Không có lệnh {}. Có lệnh gần giống: {}.",
    r"Missing command\.": "Chưa gõ lệnh nào.",
    r"Got unexpected extra argument(?:s|\(s\))? ?\((.*)\)\.?": "Thừa: {}.",
    r"Option '?(--[\w-]+)'? requires .*": "Sau {} phải có giá trị.",
    r"Option '?(--[\w-]+)'? does not take a value\.?": "Sau {} không có giá trị nào.",
}


class _Translated:
    """The translated parts shared by single commands and the group of all commands."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix="Cách dùng: ")

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = "Xem cách dùng.", ""
        return option

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for one in params:
            if not isinstance(one, TyperOption):
                one.display_type_rich = lambda ctx: None
            elif one.metavar is None:
                one.metavar = TAKES.get(_type_of(one))
        return params


class Command(_Translated, TyperCommand):
    """A command with a Vietnamese help page."""


class Group(_Translated, TyperGroup):
    """The group of all commands; usage errors are reported in Vietnamese."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command like the library does, but report usage errors in Vietnamese and exit."""
        vars(rich_utils).update(WORDS)
        try:
            code = super().main(args, *rest, **extra | {"standalone_mode": False})
        except TyperException as wrong:
            text = harmless(explain_usage(wrong))
            shown: Any = wrong
            shown.format_message = lambda: text
            rich_utils.rich_format_error(shown)
            sys.exit(wrong.exit_code)
        except Abort:
            rich_utils.rich_abort_error()
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def explain_usage(wrong: TyperException) -> str:
    """One Vietnamese sentence that says what is wrong with the command line."""
    kind, option = type(wrong).__name__, getattr(wrong, "param", None)
    if kind == "NoSuchOption":
        near = ", ".join(getattr(wrong, "possibilities", None) or ())
        return f"Không có tùy chọn {wrong.option_name}." + (f" Có: {near}." if near else "")  # type: ignore[attr-defined]
    if kind == "MissingParameter":
        return f"Thiếu {_name_of(option)}."
    if option is not None:
        return f"{_name_of(option)}: cần {_describe_value(option)}."
    if kind == "BadParameter":
        hint = getattr(wrong, "param_hint", None)
        return f"{hint}: {wrong.message}." if hint else f"{wrong.message[:1].upper()}{wrong.message[1:]}."
    for pattern, text in _TRANSLATIONS.items():
        if match := re.fullmatch(pattern, wrong.message):
            return text.format(*match.groups())
    return "Lệnh không đúng cách dùng."


def _name_of(option: Any) -> str:
    return str(option.opts[0] if isinstance(option, TyperOption) else option.display_name_raw).rstrip(".")


def _describe_value(option: Any) -> str:
    text = _WANTED.get(_type_of(option), "giá trị như ở cách dùng")
    text = text.format("tệp" if option.type_descriptor.parameter_info.file_okay else "thư mục")
    least = getattr(option, "min", None)
    return text if least is None else f"{text} từ {least} trở lên"


def _type_of(option: Any) -> type:
    """The type of the option's value; of a list, the type of its items."""
    annotation = option.type_descriptor.annotation
    each: type = next(iter(get_args(annotation)), annotation)
    return each
