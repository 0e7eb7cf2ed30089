"""Where the directory speaks to the outside world."""
