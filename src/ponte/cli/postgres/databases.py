"""Roles and databases of the embedded server."""

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "ponte_owner"
APP = "ponte_app"


def set_up_roles(admin: str, *, owner_password: str, app_password: str) -> None:
    """Make `ponte_owner` and `ponte_app` when missing; neither may make databases or roles.

    Args:
        admin: connection string of the superuser.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[OWNER, APP]])
        present = {row[0] for row in rows}
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            if role not in present:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(password)
                    )
                )


def create_database(admin: str, inside: str, name: str, *, template: str = "template0") -> None:
    """Make a database owned by `ponte_owner` in which `ponte_app` may read and write whatever the owner makes.

    Args:
        admin: superuser's connection string to another database.
        inside: superuser's connection string to the new one.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        query = "SELECT datacl IS NOT NULL FROM pg_database WHERE datname = %s"
        present = connection.execute(query, [name]).fetchone()
        if present and present[0]:
            return
        if not present:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name),
                    sql.Identifier(OWNER),
                    sql.Identifier(template),
                )
            )
    with (
        psycopg.connect(inside, autocommit=True) as connection,
        connection.transaction(),
    ):
        database, owner, app = (
            sql.Identifier(name),
            sql.Identifier(OWNER),
            sql.Identifier(APP),
        )
        grants = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} TO {}")
        for statement in (
            sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, app),
            grants.format(owner, sql.SQL("USAGE ON SCHEMAS"), app),
            grants.format(owner, sql.SQL("SELECT, INSERT, UPDATE, DELETE ON TABLES"), app),
            grants.format(owner, sql.SQL("USAGE, SELECT, UPDATE ON SEQUENCES"), app),
            grants.format(owner, sql.SQL("EXECUTE ON FUNCTIONS"), app),
        ):
            connection.execute(statement)


def drop_database(admin: str, name: str) -> None:
    """Remove a database and cut the connections to it."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
