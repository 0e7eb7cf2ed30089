from ponte.workplace.models.lists import BulkChange, ListPreference, SavedView
from ponte.workplace.models.records import Favourite, RecentRecord

__all__ = ["BulkChange", "Favourite", "ListPreference", "RecentRecord", "SavedView"]
