"""A log of pumps as a workbook, laid out as people do: a title, merged days, units in cells, two months."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import openpyxl

NAMES = ["Date", "Work order", "Pump", "Load", "Pressure", "Flow", "Temperature", "Remarks"]
PUMPS = [f"P-{number}" for number in range(101, 107)]
MONTHS = {"Jan 2026": datetime.date(2026, 1, 1), "Feb 2026": datetime.date(2026, 2, 1)}
# The rows in the sheet, by month, of pumps that are hot and give little water for their load.
FAULTS = {"Jan 2026": [17, 38, 64, 91, 102], "Feb 2026": [24, 77, 113]}


def write(file: Path, days: int = 20) -> None:
    """Write the workbook; names stand in row 3, and each day has a row for each pump."""
    rng = np.random.default_rng(7)
    book = openpyxl.Workbook()
    book.active.title = next(iter(MONTHS))
    for month, first in MONTHS.items():
        sheet = book[month] if month in book.sheetnames else book.create_sheet(month)
        sheet["A1"] = f"Pump log – {month}"
        sheet.merge_cells("A1:H1")
        for column, name in enumerate(NAMES, start=1):
            sheet.cell(3, column, name)
        for number in range(days * len(PUMPS)):
            day, pump = divmod(number, len(PUMPS))
            row = 4 + number
            if pump == 0:
                sheet.cell(row, 1, first + datetime.timedelta(days=day)).number_format = "DD.MM.YYYY"
                sheet.merge_cells(start_row=row, end_row=row + len(PUMPS) - 1, start_column=1, end_column=1)
            faulty = row in FAULTS[month]
            load = rng.uniform(0.5, 0.9)
            water = 1250 * load * (0.7 if faulty else 1) * rng.normal(1, 0.01)
            cells = [
                f"WO-{first.month}{number:03d}",
                PUMPS[pump],
                round(load, 3),
                f"{15.2 - 4.6 * load**2 + rng.normal(0, 0.1):.1f} bar",
                f"{water:,.0f} l/min",
                f"{36 + 36 * load + 12 * faulty + rng.normal(0, 1):.0f} °C",
                rng.choice(["checked", "oil topped up", "cleaned strainer"]) if number % 4 == 0 else None,
            ]
            for column, cell in enumerate(cells, start=2):
                sheet.cell(row, column, cell)
            sheet.cell(row, 4).number_format = "0.0%"
    book.save(file)
