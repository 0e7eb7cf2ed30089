"""Posts to a public form: ``python -m bench.forms URL``. Eight clients, each post a person of its own, from many addresses.

The product's own limits hold: each of the addresses 127.0.0.2 … sends few; give the form a high number per hour.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import threading
import time
from urllib.parse import urlencode, urlsplit

CLIENTS, PER_ADDRESS = 8, 40


def main() -> None:
    """Send posts as fast as eight clients that wait for their answers can; print rate and times."""
    options = argparse.ArgumentParser(prog="python -m bench.forms")
    options.add_argument("url")
    options.add_argument("--number", type=int, default=1000)
    chosen = options.parse_args()
    parts, run = urlsplit(chosen.url), int(time.time())
    counter, lock = iter(range(chosen.number)), threading.Lock()
    times: list[float] = []
    wrong: list[int] = []

    def work() -> None:
        connection, used = None, PER_ADDRESS
        while True:
            with lock:
                number = next(counter, None)
            if number is None:
                return
            if connection is None or used >= PER_ADDRESS:
                address = f"127.0.{1 + number // 250}.{2 + number % 250}"
                host, port = parts.hostname or "localhost", parts.port or 80
                connection = http.client.HTTPConnection(
                    "127.0.0.1", port, timeout=60, source_address=(address, 0)
                )
                used = 0
            used += 1
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
    took = time.perf_counter() - began
    times.sort()
    print(
        f"{len(times)} posts in {took:.1f} s: {len(times) / took:.0f}/s, median {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms, refused {len(wrong)} {sorted(set(wrong))}"
    )


if __name__ == "__main__":
    main()
