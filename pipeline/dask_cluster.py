"""Read lines with the models on a Dask cluster: many processes, on this machine or on others.

    lines ──► tasks of some hundred lines ──► scheduler ──► workers: read_lines ──► results as bytes

What is sent are lines that no earlier run has read: their text, without the names of pads and groups, and without what
was redacted. What comes back are vectors, and places of names. If a worker dies, the scheduler gives its tasks to
another one. Every worker must compute what this machine computes, to the last byte; each is compared with it before
anything is read, and again in its tasks, as workers come and go (docs/adr/0040).
"""

import logging
import platform
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fetch.errors import PadharvestError, UserMistake, shown
from pipeline import transformer
from pipeline.inference import Results, read_lines
from pipeline.tag.ner_model import MODEL
from pipeline.text import DATA

if TYPE_CHECKING:  # an extra: requirements-cluster.txt
    from distributed import Client, Future

Item = TypeVar("Item")
Result = TypeVar("Result")

GUIDE = "docs/cluster.md"

TASK_LINES = 400
"""Lines of a task, about a second of work: so much is done again if a worker dies."""

CONNECT_SECONDS = 10.0
"""Seconds to wait for the scheduler, and then for a first worker."""

_ITEMS_PER_WORKER = 3
"""Items on their way to or from a worker, so that it never waits for the next one."""

ALIVE_EVERY = 20.0
"""Seconds without a result after which the cluster is asked whether it has workers left."""

Identity = Mapping[str, str]
"""What decides about the bytes of a result, each with its version or hash."""

_CODE, _MODELS, _ROUNDING = "another version of Padharvest", "other models", "a processor that rounds otherwise"
"""What a worker has if one of its hashes differs."""

_PACKAGES = ("numpy", "onnxruntime", "tokenizers")

_PROBE = ("Maria Lopez will call the Red Cross in Berlin by Friday", "la pompe est en panne depuis des semaines", "")
"""Lines whose results show whether two machines compute alike: kinds of processors have instructions of their own."""


class ClusterFailure(PadharvestError):
    """A cluster was there and does not finish its work; what was read until then is kept."""

    exit_code = 1


class Cluster:
    """The workers of a scheduler, all of which are like this machine."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def read_lines(self, parts: Sequence[Sequence[str]]) -> Iterator[Results]:
        """Begin to read the lines of all parts, and yield their results; raises ClusterFailure (see `ReadLines`)."""
        lines_of = tasks(parts)
        results = self.map(read_task, lines_of, at_once=len(lines_of))
        return (dict(zip(lines, made, strict=True)) for lines, made in zip(lines_of, results, strict=True))

    def map(self, function: Callable[[Item], Result], items: Iterable[Item], at_once: int = 0) -> Iterator[Result]:
        """Begin to call `function`, of a module, for each of `items` on the workers, and yield its results in order.

        So many items are on their way at once, by default a few for each worker. Raises ClusterFailure.
        """
        coming, waiting = iter(items), deque["Future"]()

        def submit() -> None:
            limit = at_once or _ITEMS_PER_WORKER * max(1, self._count_workers())
            for item in islice(coming, max(0, limit - len(waiting))):
                waiting.append(self._client.submit(run_checked, function, item, identity(), pure=False))

        def take() -> Iterator[Result]:
            while waiting:
                result = self._wait(waiting.popleft())
                submit()
                yield result

        submit()
        return take()

    def _wait(self, future: "Future") -> Any:  # noqa: ANN401 - what the function of `map` returns
        from distributed import KilledWorker  # noqa: PLC0415 - an extra, as in `connect`

        while True:
            try:
                return future.result(timeout=ALIVE_EVERY)
            except KilledWorker as error:
                raise ClusterFailure(
                    "--cluster: several workers died over the same lines; perhaps they lack memory."
                ) from error
            except CancelledError as error:
                raise ClusterFailure(
                    "--cluster: the scheduler is gone; start it and its workers, and run this again."
                ) from error
            except TimeoutError:
                if not self._count_workers():
                    raise ClusterFailure("--cluster: no worker is left; start some and run this again.") from None

    def _count_workers(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])


@contextmanager
def connect(address: str, log: Callable[[str], None]) -> Iterator[Cluster]:
    """Yield the cluster whose scheduler is at `address`.

    Raises UserMistake if the package is missing, if there is no scheduler or no worker, or if a worker would compute
    something else than this machine; `log` is told how many workers there are.
    """
    if not re.fullmatch(r"(tcp|tls)://[^/\s]+:\d+", address):
        raise UserMistake(f'--cluster: expected an address like "tcp://scheduler:8786", not {shown(address)}.')
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as missing:
        raise UserMistake(
            "--cluster needs the package distributed; run "
            "`.venv/bin/pip install --require-hashes -r requirements-cluster.txt`, or leave --cluster out."
        ) from missing
    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(logging.CRITICAL)  # what it logs with a traceback, the user is told in a sentence
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise UserMistake(f"--cluster: no scheduler answers at {address}; {GUIDE} says how to start one.") from error
    with client:
        count = _check_workers(client, address)
        log(f"cluster: work goes to {count} {'worker' if count == 1 else 'workers'} at {address}")
        yield Cluster(client)


def _check_workers(client: "Client", address: str) -> int:
    """Return the number of workers; raises UserMistake if there is none, or one that is not like this machine."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise UserMistake(f"--cluster: {address} has no workers; {GUIDE} says how to start some.") from error
    for worker, known in client.get_versions()["workers"].items():  # before code is sent, which is of one Python only
        theirs = ".".join(known["host"]["python"].split(".")[:2])
        if theirs != _python():
            raise UserMistake(refusal(worker, f"Python {theirs}, not {_python()}"))

    def ask() -> Identity:  # it is sent as it is, where a function of this module would have to be there already
        from pipeline.dask_cluster import identity  # noqa: PLC0415 - on the worker

        return identity()

    answers = client.run(ask, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, Exception):
            lacks = "no Padharvest" if isinstance(answer, ImportError) else "a Padharvest that fails"
            raise UserMistake(refusal(worker, f"{lacks} ({answer})")) from answer
        if difference := find_difference(identity(), answer):
            raise UserMistake(refusal(worker, difference))
    return len(answers)


@cache
def identity() -> Identity:
    """Return what decides about the bytes of results on this machine."""
    has_models = (transformer.MODEL / "model.onnx").is_file() and (MODEL / "layers.onnx").is_file()
    results = read_task(_PROBE) if has_models else ()
    return {
        "Python": _python(),
        _CODE: code_fingerprint(),
        _MODELS: transformer.fingerprint(transformer.MODEL, MODEL, DATA),
        **{name: version(name) for name in _PACKAGES},
        _ROUNDING: _digest(results),
    }


@cache
def code_fingerprint() -> str:
    """Return the SHA-256 of the code of this package."""
    package = Path(__file__).parent
    return _digest(
        sorted(path.relative_to(package).as_posix().encode() + path.read_bytes() for path in package.rglob("*.py"))
    )


def find_difference(ours: Identity, theirs: Identity) -> str | None:
    """Return in what another machine first differs from this one, as the end of "it has …"; None if in nothing."""
    for what, value in ours.items():
        if value != theirs.get(what):
            return what if what in {_CODE, _MODELS, _ROUNDING} else f"{what} {theirs.get(what)}, not {value}"
    return None


def refusal(worker: str, difference: str) -> str:
    """Return the sentence that refuses a worker."""
    return (
        f"--cluster: the worker {worker} has {difference}, so its results could differ from those of this machine; "
        f"set it up as {GUIDE} says."
    )


def tasks(parts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of all parts as tasks, those of the first part first; lines of one task are equally long.

    Lines of one length make the largest batches.
    """
    in_order = [sorted(lines, key=lambda line: (len(line), line)) for lines in parts]
    return [lines[start : start + TASK_LINES] for lines in in_order for start in range(0, len(lines), TASK_LINES)]


def run_checked(function: Callable[[Item], Result], item: Item, expected: Identity) -> Result:
    """Return what `function` makes of `item`, on a worker; raises UserMistake if it is not what is expected of it."""
    if difference := find_difference(expected, identity()):
        raise UserMistake(refusal(platform.node(), difference))
    return function(item)


def read_task(lines: Sequence[str]) -> list[bytes]:
    """Return the results of `lines`, on a worker."""
    results = {line: result for some in read_lines([lines], jobs=1) for line, result in some.items()}
    return [results[line] for line in lines]


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def _digest(parts: Sequence[bytes]) -> str:
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()
