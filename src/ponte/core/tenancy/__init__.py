"""Workspaces: one PostgreSQL schema each, reached only through ``workspace_scope`` (ADR 0002)."""
