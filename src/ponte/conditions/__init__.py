"""One condition language for filters, segments, reports and rules; see ``docs/features/conditions.md``."""
