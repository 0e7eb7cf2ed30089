"""A small table of figures as a file: CSV in the reader's dialect, or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.lists.cells import Scalar
from ponte.workplace.lists.download import csv_text, sheet_name, write_cell

IN_MEMORY = 1 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(
    name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[Scalar]], format: str
) -> HttpResponseBase:
    """Return a table as a file to save, "xlsx" or (any other ``format``) CSV. ``name`` is the file's, without its ending."""
    if format == "xlsx":
        return FileResponse(
            _sheet(title, head, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX
        )
    brazilian = (get_language() or "").startswith("pt")
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if brazilian else ",", lineterminator="\r\n")
    writer.writerow([neutral(one) for one in head])
    writer.writerows([[csv_text(value, brazilian) for value in row] for row in rows])
    response = HttpResponse(f"\ufeff{buffer.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _sheet(title: str, head: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> SpooledTemporaryFile[bytes]:
    import xlsxwriter

    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed over open
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(sheet_name(title))
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for number, label in enumerate(head):
        sheet.write_string(0, number, label, bold)
    for at, row in enumerate(rows, 1):
        for number, value in enumerate(row):
            write_cell(sheet, at, number, value, moment)
    sheet.freeze_panes(1, 1)
    book.close()
    file.seek(0)
    return file
