"""The `ponte` command."""


def main() -> None:
    """Entry point of the console script; heavy libraries are read only when it runs."""
    from ponte.cli.application import run

    run()


__all__ = ["main"]
