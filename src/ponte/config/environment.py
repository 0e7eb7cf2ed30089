"""Every setting, typed, from environment variables. ``docs/operations.md`` describes each."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

INSECURE_KEY = "insecure-key-for-development-only"
INSECURE_ENCRYPTION_KEY = "cG9udGUtZGV2ZWxvcG1lbnQta2V5LTMyLWJ5dGVzISE="


class UnsafeSettings(RuntimeError):
    """Production was asked for with settings that would endanger it."""


class Environment(BaseSettings):
    """Settings of one installation. Names are the environment variables."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=True)

    PONTE_MODE: Literal["demo", "production"] = "demo"
    PONTE_DEBUG: bool = False
    PONTE_HOME: Path = Path("var")
    PORT: int = Field(default=8000, ge=1, le=65535)
    LIVE_PORT: int | None = None
    PONTE_BIND: str = "127.0.0.1"  # the address web and live listen on
    PONTE_WEB_WORKERS: int = Field(default=1, ge=1, le=64)
    PONTE_WEB_THREADS: int = Field(default=4, ge=1, le=64)
    PONTE_WORKER_THREADS: int = Field(default=2, ge=1, le=64)
    PONTE_WORKER_NICENESS: int = Field(default=10, ge=0, le=19)
    PONTE_URL: str = ""  # the address people use, e.g. https://crm.example.com
    PONTE_ALLOWED_HOSTS: str = ""  # comma-separated
    PONTE_HTTP_ALLOWED_ADDRESSES: str = (
        ""  # comma-separated addresses inside that people's own servers may have
    )
    PONTE_DNS_SERVERS: str = ""  # comma-separated addresses of resolvers asked for e-mail domains
    PONTE_TRUSTED_PROXY: bool = False  # believe X-Forwarded-Proto and X-Forwarded-For

    DATABASE_URL: str = ""
    DATABASE_DIRECT_URL: str = ""
    PONTE_DATABASE_POOL: int = Field(default=8, ge=0, le=200)  # connections a process keeps; 0: no pool

    PONTE_SECRET_KEY: str = INSECURE_KEY
    PONTE_ENCRYPTION_KEY: str = INSECURE_ENCRYPTION_KEY

    EMAIL_URL: str = ""  # smtp://user:password@host:587/?tls=true; empty: no mail is sent
    PONTE_EMAIL_FROM: str = "Ponte <ponte@localhost>"

    PONTE_MAX_FILE_MB: int = Field(default=25, ge=1, le=1024)
    PONTE_S3_BUCKET: str = ""
    PONTE_S3_ENDPOINT: str = ""
    PONTE_S3_REGION: str = ""
    PONTE_S3_ACCESS_KEY: str = ""
    PONTE_S3_SECRET_KEY: str = ""

    OIDC_NAME: str = ""
    OIDC_SERVER_URL: str = ""
    OIDC_CLIENT_ID: str = ""
    OIDC_CLIENT_SECRET: str = ""

    PONTE_GOOGLE_CLIENT_ID: str = ""  # members connect their Google calendars when both are set
    PONTE_GOOGLE_CLIENT_SECRET: str = ""
    PONTE_MICROSOFT_CLIENT_ID: str = ""
    PONTE_MICROSOFT_CLIENT_SECRET: str = ""
    PONTE_MICROSOFT_TENANT: str = "common"  # "common": any account

    PONTE_OPEN_SIGNUP: bool = False  # may strangers create workspaces of their own
    PONTE_LOG: Literal["json", "text"] = "text"
    PONTE_LOG_LEVEL: str = "INFO"
    PONTE_METRICS_TOKEN: str = ""  # empty: /metrics answers only to this machine
    PONTE_API_RATE: int = Field(default=600, ge=1)  # requests a minute and token

    @property
    def live_port(self) -> int:
        return self.LIVE_PORT or self.PORT + 1

    @property
    def is_production(self) -> bool:
        return self.PONTE_MODE == "production"

    @property
    def allowed_hosts(self) -> list[str]:
        given = [host.strip() for host in self.PONTE_ALLOWED_HOSTS.split(",") if host.strip()]
        own = urlsplit(self.PONTE_URL).hostname
        return given or ([own] if own else [] if self.is_production else ["localhost", "127.0.0.1", "[::1]"])

    def problems(self) -> list[str]:
        """Return what forbids a production start, each as a sentence that says what to do."""
        if not self.is_production:
            return []
        checks = [
            (self.PONTE_DEBUG, "PONTE_DEBUG is on: pages would show code and settings. Unset it."),
            (
                self.PONTE_SECRET_KEY == INSECURE_KEY or len(self.PONTE_SECRET_KEY) < 32,
                "PONTE_SECRET_KEY is the default or too short. Set 50 random characters.",
            ),
            (
                self.PONTE_ENCRYPTION_KEY == INSECURE_ENCRYPTION_KEY,
                "PONTE_ENCRYPTION_KEY is the default. Set 32 random bytes, base64-encoded, and keep a copy.",
            ),
            (not self.allowed_hosts, "No allowed hosts. Set PONTE_URL or PONTE_ALLOWED_HOSTS."),
            ("*" in self.allowed_hosts, "PONTE_ALLOWED_HOSTS contains *. Name the hosts."),
        ]
        return [message for wrong, message in checks if wrong]

    def database(self, url: str) -> dict[str, str]:
        """Return a PostgreSQL address as Django's connection settings."""
        parts = conninfo_to_dict(url)
        known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        return {django: str(parts[libpq]) for libpq, django in known.items() if parts.get(libpq)}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the settings, read once; raise ``UnsafeSettings`` where production would be unsafe."""
    env = Environment()
    if problems := env.problems():
        raise UnsafeSettings("\n".join(problems))
    return env
