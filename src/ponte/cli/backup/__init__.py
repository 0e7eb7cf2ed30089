"""Backup and restore: of everything, or of one workspace. One file holds database and attachments."""
