"""What a file of accounts must look like: UTF-8, commas, a header, a bounded number of lines."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from casino_club.core.errors import InvalidInput

MOST_ROWS = 10_000
MOST_BYTES = 2 * 1024 * 1024
REQUIRED = ("site_id", "nickname")
COLUMNS = (*REQUIRED, "phone_number", "email", "language")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: a code for machines, a sentence for people."""

    column: str
    code: str
    message: str


@dataclass(slots=True)
class Line:
    """One account of the file, and what became of it; `number` is its line in the file."""

    number: int
    values: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    user_id: int | None = None
    one_time_password: str = ""

    def value(self, column: str) -> str:
        return self.values.get(column, "")


def read(data: bytes) -> list[Line]:
    """The lines of a file, each cell trimmed; empty lines are passed over. Raises InvalidInput (for `file`).

    A byte order mark, quotes and line breaks inside quotes are understood; a line with too few or too many cells has
    its fault.
    """
    try:
        text = data.decode("utf-8-sig")
        lines = list(_lines(text))
    except UnicodeDecodeError as error:
        raise _invalid(_("Save the file as CSV in UTF-8.")) from error
    except csv.Error as error:
        raise _invalid(_("This is not a CSV file: a quote is not closed, or a cell is too long.")) from error
    if not lines:
        raise _invalid(_("The file holds no accounts."))
    return lines


def _lines(text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [name.strip().casefold() for name in next(reader, [])]
    if set(columns) - set(COLUMNS) or set(REQUIRED) - set(columns) or len(columns) != len(set(columns)):
        raise _invalid(_("The first line must name the columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)})
    begins = reader.line_num + 1
    count = 0
    for cells in reader:
        number, begins = begins, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _invalid(_("At most %(most)s accounts at once.") % {"most": f"{MOST_ROWS:,}"})
        line = Line(number, dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
        if len(cells) != len(columns):
            line.faults.append(Fault("", "columns", _("This line has another number of cells than the first.")))
        yield line


def _invalid(text: str) -> InvalidInput:
    return InvalidInput({"file": [text]})
