"""What a command tells a person when it cannot do its work."""


class Problem(Exception):
    """The command failed; the message says why and what to do. Exit code 1."""
