"""The runtime: embedded database, supervisor, commands, backup. Real processes, no mocks."""
