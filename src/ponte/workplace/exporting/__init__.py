"""The exporter: everything a workspace holds, in open formats."""
