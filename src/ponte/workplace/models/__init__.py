from ponte.workplace.models.custom_field import CustomField, FieldKind, IndexState
from ponte.workplace.models.exports import ExportRun
from ponte.workplace.models.imports import (
    ImportChunk,
    ImportMapping,
    ImportRejection,
    ImportReview,
    ImportRun,
)
from ponte.workplace.models.lists import BulkChange, BulkChunk, ListExport, ListPreference, SavedView, Sharing
from ponte.workplace.models.records import Favourite, RecentRecord

__all__ = [
    "BulkChange",
    "BulkChunk",
    "CustomField",
    "ExportRun",
    "Favourite",
    "FieldKind",
    "ImportChunk",
    "ImportMapping",
    "ImportRejection",
    "ImportReview",
    "ImportRun",
    "IndexState",
    "ListExport",
    "ListPreference",
    "RecentRecord",
    "SavedView",
    "Sharing",
]
