"""What every module uses on screen: lists, search and palette, settings, import and export, the record's frame."""
