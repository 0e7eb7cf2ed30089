"""Posts to a public form: ``python -m bench.forms URL``. Eight clients, each post a person of its own, from many addresses.

The product's own limits hold: each of the addresses 127.0.0.2 … sends few; give the form a high number per hour. With ``--workspace`` (and
``PONTE_HOME`` of the installation) it waits until every post was routed and says how long that took; with ``--pids`` what processor time these
processes, and PostgreSQL's of the same installation not among them, took for a post.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import threading
import time
from urllib.parse import urlencode, urlsplit

CLIENTS, PER_ADDRESS = 8, 40


ROUTED = """
SELECT count(*), coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY wait), 0), coalesce(max(wait), 0)
FROM (SELECT extract(epoch FROM e.at - p.created_at) AS wait FROM sales_formpost p
      JOIN sales_routingentry e ON e.lead_id = p.lead_id AND e.is_first WHERE p.client_id LIKE %s) AS waits
"""


def wait_for_routing(slug: str, run: int, number: int, ended: float) -> None:
    """Look four times a second until every post of a run became a lead that was decided about; print when."""
    from django.db import connection

    from ponte.core.tenancy.scope import workspace_scope

    while True:
        with workspace_scope(slug), connection.cursor() as cursor:
            cursor.execute(ROUTED, [f"{run}-%"])
            routed, median, most = cursor.fetchone()
        if routed >= number or time.perf_counter() - ended > 600:
            break
        time.sleep(0.25)
    print(
        f"{routed} of {number} routed, the last {time.perf_counter() - ended:.1f} s after the last answer; "
        f"from its storing to its decision a post took {median:.1f} s (median), at most {most:.1f} s"
    )


def processor_seconds(pids: list[str]) -> float:
    """Return the processor time some processes have used."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Send posts as fast as eight clients that wait for their answers can; print rate and times."""
    options = argparse.ArgumentParser(prog="python -m bench.forms")
    options.add_argument("url")
    options.add_argument("--number", type=int, default=1000)
    options.add_argument("--workspace", default="", help="slug: wait until all are routed")
    options.add_argument("--pids", default="", help="processes whose processor time is told, with commas")
    chosen = options.parse_args()
    if chosen.workspace:
        from ponte.cli.surroundings import prepare, start_django

        prepare()
        start_django()
    pids = [one for one in chosen.pids.split(",") if one]
    used = processor_seconds(pids)
    parts, run = urlsplit(chosen.url), int(time.time())
    counter, lock = iter(range(chosen.number)), threading.Lock()
    times: list[float] = []
    wrong: list[int] = []

    def work() -> None:
        connection, sent = None, PER_ADDRESS
        while True:
            with lock:
                number = next(counter, None)
            if number is None:
                return
            if connection is None or sent >= PER_ADDRESS:
                address = f"127.0.{1 + number // 250}.{2 + number % 250}"
                host, port = parts.hostname or "localhost", parts.port or 80
                connection = http.client.HTTPConnection(
                    "127.0.0.1", port, timeout=60, source_address=(address, 0)
                )
                sent = 0
            sent += 1
            body = urlencode(
                {
                    "name": f"Pessoa {number}",
                    "email": f"p{run}.{number}@bench.example",
                    "_client": f"{run}-{number:08}",
                }
            )
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
                "Host": f"{host}:{port}",
            }
            began = time.perf_counter()
            connection.request("POST", parts.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                wrong.append(answer.status)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = time.perf_counter()
    took = ended - began
    times.sort()
    print(
        f"{len(times)} posts in {took:.1f} s: {len(times) / took:.0f}/s, median {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms, refused {len(wrong)} {sorted(set(wrong))}"
    )
    if pids:
        spent = (processor_seconds(pids) - used) * 1000 / len(times)
        print(f"{spent:.1f} ms of processor time a post until the last answer")
    if chosen.workspace:
        wait_for_routing(chosen.workspace, run, chosen.number, ended)


if __name__ == "__main__":
    main()
