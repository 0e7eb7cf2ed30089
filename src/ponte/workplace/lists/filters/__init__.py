"""Filters of lists: chips above the rows, parameters in the URL."""

from ponte.workplace.lists.filters.base import Choice, Filter
from ponte.workplace.lists.filters.choices import NONE, BooleanFilter, ChoiceFilter, OwnerFilter
from ponte.workplace.lists.filters.ranges import COMING, PERIODS, DateFilter, NumberFilter
from ponte.workplace.lists.filters.texts import TextFilter

__all__ = [
    "COMING",
    "NONE",
    "PERIODS",
    "BooleanFilter",
    "Choice",
    "ChoiceFilter",
    "DateFilter",
    "Filter",
    "NumberFilter",
    "OwnerFilter",
    "TextFilter",
]
