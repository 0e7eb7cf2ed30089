"""`python -m ponte.cli`: the same as `ponte`."""

from ponte.cli import main

main()
