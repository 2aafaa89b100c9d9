"""Time of fetching 200 pads from a real Etherpad, beside a bare loop of requests; not run by `make`.

    .venv/bin/python -m benchmarks.fetch_speed

Both request the same full exports over one connection, at the same rate limit; the loop stores and checks nothing.
Memory is the most that Python had allocated during a fetch.
"""

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from fetch.add import add_links, pads_at
from fetch.corpus_records import Outcome
from fetch.locations import Place
from fetch.pull import PullOptions, pull
from fetch.rate_limit import delay_after_answer
from tests.support.etherpad_server import Etherpad, running
from tests.support.pad_writer import PadWriter, written

LIMITS: Mapping[str, Mapping[str, int]] = {
    "no limit": {"windowMs": 1_000, "max": 1_000_000},
    "50 per 3 s": {"windowMs": 3_000, "max": 50},
}


def pads(count: int) -> dict[str, PadWriter]:
    """Return pads of 40 lines by three people each: some 10 kB of text and revisions."""
    lines = "".join(f"\t* point {number} of what the group has said\n" for number in range(40))
    return {f"speed-{number}": written(f"*Group {number}\n{lines}") for number in range(count)}


def places(server: Etherpad, names: Mapping[str, PadWriter]) -> list[Place]:
    """Return the places of the pads on the server."""
    return [Place(server=server.base, name=name, etherpad=True) for name in names]


def bare_loop(server: Etherpad, names: Mapping[str, PadWriter]) -> None:
    """Get each pad's export, waiting as the server asks to."""
    with requests.Session() as session:
        for place in places(server, names):
            answer = session.get(f"{place.page}/export/etherpad", timeout=60)
            answer.raise_for_status()
            time.sleep(delay_after_answer(answer.headers))


def fetch(server: Etherpad, names: Mapping[str, PadWriter], folder: Path) -> None:
    """Fetch each pad into a corpus, in the same way as `make fetch`."""
    add_links(folder, pads_at([place.page for place in places(server, names)]))
    results = list(pull(folder, PullOptions(now="2026-05-04T12:00:00+00:00", environment={})))
    if any(result.outcome is not Outcome.NEW for result in results):
        raise SystemExit("a pad was not fetched")


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that `work` takes."""
    start = time.monotonic()
    work()
    return time.monotonic() - start


def memory(server: Etherpad, names: Mapping[str, PadWriter]) -> float:
    """Return the most megabytes that Python had allocated during a fetch of these pads."""
    with tempfile.TemporaryDirectory() as place:
        tracemalloc.start()
        fetch(server, names, Path(place) / "camp")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most / 1e6


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    many = pads(200)
    for name, limit in LIMITS.items():
        with running(many, settings={"importExportRateLimiting": dict(limit)}) as server:
            bare_loop(server, pads(3))
            time.sleep(limit["windowMs"] / 1_000)
            loop = timed(lambda: bare_loop(server, many))
            time.sleep(limit["windowMs"] / 1_000)
            with tempfile.TemporaryDirectory() as place:
                ours = timed(lambda: fetch(server, many, Path(place) / "camp"))
            print(f"{name}: 200 pads in {ours:.1f} s, bare loop {loop:.1f} s, {ours / loop:.2f} times")
    with running(many) as server:
        few = memory(server, pads(20))
        print(f"memory: {few:.1f} MB for 20 pads, {memory(server, many):.1f} MB for 200")


if __name__ == "__main__":
    main()
