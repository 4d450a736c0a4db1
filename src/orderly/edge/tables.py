"""Tables that leave the program as files. Whatever somebody typed into a field, no cell is ever a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain
from typing import Final, TypeAlias

import xlsxwriter  # type: ignore[import-untyped]
from django.http import HttpResponse

Cell: TypeAlias = str | int | Decimal | date | time | None

BOM: Final = "\ufeff"  # without it spreadsheets read UTF-8 as something older
LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDTH: Final = 18
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final[dict[type, str]] = {date: "yyyy-mm-dd", time: "hh:mm", Decimal: "0.00##"}


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Comma-separated, as RFC 4180 says. Text that a spreadsheet might run is preceded by an apostrophe (OWASP)."""
    return b"".join(csv_lines(headings, rows))


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same a line at a time, for what is too long to be held."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    file.write(BOM)
    for row in chain([headings], rows):
        writer.writerow([_dead(cell) for cell in row])
        yield file.getvalue().encode()
        file.seek(0)
        file.truncate()


def as_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet. Text is written as text, so nothing in it runs."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        sheet.set_column(0, len(headings) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        for number, heading in enumerate(headings):
            sheet.write_string(0, number, heading, book.add_format({"bold": True}))
        for line, row in enumerate(rows, start=1):
            for number, cell in enumerate(row):
                _write(sheet, formats, line, number, cell)
    return file.getvalue()


def attached(name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A file to be kept, as "csv" or "xlsx"; made whole, since one that breaks off halfway looks complete."""
    body, content_type = (
        (as_xlsx(headings, rows), XLSX) if kind == "xlsx" else (as_csv(headings, rows), f"{CSV}; charset=utf-8")
    )
    heads = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(body, content_type=content_type, headers=heads)


def _dead(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(LIVE) else cell
    return "" if cell is None else cell.isoformat("minutes") if isinstance(cell, time) else str(cell)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    formats: dict[type, xlsxwriter.format.Format],
    line: int,
    number: int,
    cell: Cell,
) -> None:
    if isinstance(cell, str):
        sheet.write_string(line, number, cell)
    elif isinstance(cell, date | time):
        sheet.write_datetime(line, number, cell, formats[type(cell)])
    elif cell is not None:
        sheet.write_number(line, number, cell, formats.get(type(cell)))
