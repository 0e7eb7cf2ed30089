"""The directory's part of the demo: customers of a coffee roaster, companies and consumers."""

from ponte.directory.demo.part import PART

__all__ = ["PART"]
