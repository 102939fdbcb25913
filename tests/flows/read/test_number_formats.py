"""Which number formats show another number than is stored, and what they show."""

import pytest

from flows.read.number_formats import FormatSection, may_differ, parse_format, section_of


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "00000",
        "#,##0",
        "#,##0.00",
        "0.00E+00",
        "# ?/?",
        "@",
        "dd/mm/yyyy",
        "[h]:mm",
        "[Red]-0",
        '"+"0',
        "#,##0_);[Red]\\(#,##0\\)",
        '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)',
        "0;-0;;@",
        "[$-42A]0",
        "[DBNum1][$-804]General",
        "",
    ],
)
def test_formats_that_show_the_number(code: str) -> None:
    assert not may_differ(code)


@pytest.mark.parametrize(
    ("code", "number", "section"),
    [
        ("#,##0,,", 5, FormatSection(thousands=2, shows=True)),
        ("#,##0,", 5, FormatSection(thousands=1, shows=True)),
        ("#,##0,.00", 5, FormatSection(thousands=1, shows=True, places=2)),
        ("#,##0.00,,", 5, FormatSection(thousands=2, shows=True, places=2)),
        ('0.0,"k"', 5, FormatSection(thousands=1, words="k", shows=True, places=1)),
        ('0" triệu"', 5, FormatSection(words="triệu", shows=True)),
        ("0\\ \\t\\r", 5, FormatSection(words="tr", shows=True)),
        ("#,##0\\ [$₫-42A]", 5, FormatSection(words="₫", shows=True)),
        ("0.00%", 5, FormatSection(percent=True, shows=True, places=2)),
        ("0.0\\%", 5, FormatSection(words="%", shows=True, places=1)),
        ('General" hộ"', 5, FormatSection(words="hộ", shows=True)),
        (";;;", 5, FormatSection((">", 0))),
        ('"Có"', 5, FormatSection(words="Có")),
        ('0"000"', 5, FormatSection(words="000", shows=True, odd=True)),
        ("0\\.000", 5, FormatSection(shows=True, odd=True)),
        ("0;#,##0,", -5, FormatSection(thousands=1, shows=True)),
        ('0;-0;"không"', 0, FormatSection(words="không")),
        (
            '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0',
            5_000_000,
            FormatSection((">=", 1e6), 2, False, "M", True, places=1),
        ),
        (
            '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0',
            5_000,
            FormatSection((">=", 1e3), 1, False, "K", True, places=1),
        ),
        ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', 5, FormatSection(shows=True)),
        ("#,##0,,;@", 5, FormatSection(thousands=2, shows=True)),
    ],
)
def test_what_a_format_shows(code: str, number: float, section: FormatSection) -> None:
    assert section_of(code, number) == section
    assert may_differ(code) or not number


def test_a_format_of_dates_has_no_sections_for_numbers() -> None:
    assert parse_format('dd "tháng" mm') == ()
