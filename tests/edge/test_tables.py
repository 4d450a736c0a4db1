"""APT-9: what leaves as a file is never a program."""

from datetime import date, time
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from orderly.edge.tables import as_csv, as_xlsx

LIVE = ("=1+1", "+998", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1")


@pytest.mark.parametrize("text", LIVE)
def test_no_cell_is_a_formula(text: str) -> None:
    assert as_csv(["a"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith("'")
    [[cell]] = load_workbook(BytesIO(as_xlsx(["a"], [[text]]))).active.iter_rows(min_row=2)
    assert cell.data_type == "s"


def test_values() -> None:
    row = ["Ким, Анна", 7, Decimal("12.50"), date(2026, 3, 2), time(9, 5), None]
    assert as_csv(["h"] * 6, [row]).decode() == '\ufeffh,h,h,h,h,h\r\n"Ким, Анна",7,12.50,2026-03-02,09:05,\r\n'
    [cells] = load_workbook(BytesIO(as_xlsx(["h"] * 6, [row]))).active.iter_rows(min_row=2, values_only=True)
    assert (cells[:3], cells[3].date(), cells[4:]) == (("Ким, Анна", 7, 12.5), date(2026, 3, 2), (time(9, 5), None))
