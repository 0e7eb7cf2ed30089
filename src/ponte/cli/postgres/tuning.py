"""The configuration files of the embedded server, written anew on every start."""

import os
from pathlib import Path

_ACCESS = "# Written by Ponte. Everybody proves who they are, over the private socket.\nlocal all all scram-sha-256\n"


def write_configuration(data: Path, socket: Path, *, throwaway: bool) -> str:
    """The text of `ponte.conf` for this machine.

    Args:
        data: the data directory.
        socket: folder of the unix socket; there is no TCP.
        throwaway: for tests: give up durability for speed.
    """
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "port": 5432,
        "password_encryption": "scram-sha-256",
        "max_connections": 80,
        "superuser_reserved_connections": 3,
        "shared_buffers": "128MB",
        "effective_cache_size": f"{max(256, _memory_megabytes() // 2)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "96MB",
        "random_page_cost": 1.1,
        "io_workers": 2,
        "jit": "off",
        "max_parallel_workers_per_gather": 1,
        "max_worker_processes": 4,
        "autovacuum": "on",
        "autovacuum_max_workers": 2,
        "wal_compression": "on",
        "min_wal_size": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_completion_target": 0.9,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(data.parent / "log"),
        "log_filename": "postgres-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        "log_truncate_on_rotation": "on",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_min_duration_statement": "5s",
        # Statements carry personal data: they are logged without their values.
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
    }
    if throwaway:
        settings |= {
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": 200,
        }
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    return "\n".join(
        [
            "# Written by Ponte on every start; your own settings go into ../custom.conf",
            *lines,
            "",
        ]
    )


def apply_configuration(data: Path, socket: Path, *, throwaway: bool) -> None:
    """Write `ponte.conf` and `pg_hba.conf`, and make `postgresql.conf` read the first and then `../custom.conf`."""
    _replace(data / "ponte.conf", write_configuration(data, socket, throwaway=throwaway))
    _replace(
        data / "postgresql.conf",
        "include 'ponte.conf'\ninclude_if_exists '../custom.conf'\n",
    )
    _replace(data / "pg_hba.conf", _ACCESS)


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _memory_megabytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2


def _replace(path: Path, text: str) -> None:
    """Write a file of the data directory, keeping the directory's owner as the file's."""
    owner = path.parent.stat()
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    temporary.rename(path)
