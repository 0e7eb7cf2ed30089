"""What can go wrong with the embedded server, told to a person."""


class PostgresProblem(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""
