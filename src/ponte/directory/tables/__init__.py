"""The lists of the directory."""
