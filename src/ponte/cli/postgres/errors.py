"""What can go wrong with the embedded server, told to a person."""

from ponte.cli.problems import Problem


class PostgresProblem(Problem):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""
