"""Cells of lists. Plain functions that write HTML, not components: a list of 50 rows must take 8 ms, not 22."""

from ponte.workplace.lists.cells.base import NOTHING, Cell, RowLink, Scalar, Source, read
from ponte.workplace.lists.cells.figures import (
    Ago,
    Day,
    Due,
    Moment,
    Money,
    Number,
    Percent,
    YesNo,
)
from ponte.workplace.lists.cells.reader import money_text, one_reader, reader
from ponte.workplace.lists.cells.texts import Badge, Email, Link, Main, Person, Phone, Tags, Text

__all__ = [
    "NOTHING",
    "Ago",
    "Badge",
    "Cell",
    "Day",
    "Due",
    "Email",
    "Link",
    "Main",
    "Moment",
    "Money",
    "Number",
    "Percent",
    "Person",
    "Phone",
    "RowLink",
    "Scalar",
    "Source",
    "Tags",
    "Text",
    "YesNo",
    "money_text",
    "one_reader",
    "read",
    "reader",
]
