"""Logs as JSON lines (or text by hand), each with its request, job and workspace."""

from __future__ import annotations

from typing import Any

from ponte.config.environment import Environment


def logging_config(env: Environment) -> dict[str, Any]:
    """Return the logging configuration; messages hold ids, never names, addresses or texts of people."""
    fields = "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(job)s %(workspace)s"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "ponte.core.log.ContextFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": fields,
                "rename_fields": {"levelname": "level"},
            },
            "text": {"format": "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s%(job)s] %(message)s"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": env.PONTE_LOG, "filters": ["context"]}
        },
        "root": {"handlers": ["console"], "level": env.PONTE_LOG_LEVEL},
        "loggers": {
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }
