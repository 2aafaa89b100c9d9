"""A real Etherpad 1.8.14 on this machine, for tests and for `make etherpad`.

The newest server that npm has. It is installed once, into a cache outside the checkout, and started on a free port
with pads that are put into its database file beforehand.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support.pad_writer import PadWriter, database

VERSION = "1.8.14"
API_KEY = "only-for-tests"
START_SECONDS = 60


class Unavailable(Exception):
    """There is no such server to be had on this machine; the text says why."""


@dataclass(frozen=True)
class Etherpad:
    """A running server."""

    base: str

    def api(self, function: str, **form: str) -> dict[str, str]:
        """Call the HTTP API; gives its data."""
        answer = requests.post(f"{self.base}/api/1.2.15/{function}", data={"apikey": API_KEY, **form}, timeout=20)
        content = answer.json()
        assert content["code"] == 0, (function, content)
        return dict(content["data"] or {})

    def text(self, quoted_name: str) -> str:
        """A pad's own plain text export."""
        answer = requests.get(f"{self.base}/p/{quoted_name}/export/txt", timeout=20)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()


def installed() -> Path:
    """The server's folder, installed if it is not there yet (150 MB, about three minutes); raises Unavailable."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "padharvest"
    home = cache / f"etherpad-{VERSION}"
    if home.is_dir():
        return home
    if not shutil.which("node") or not shutil.which("npm"):
        raise Unavailable("Etherpad needs node and npm, and they are not on this machine")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as place:
        base = Path(place) / "base"
        base.mkdir()
        _npm(base, "init", "-y")
        _npm(base, "install", "--ignore-scripts", f"ep_etherpad-lite@{VERSION}")
        for left in base.glob("package*.json"):
            left.unlink()
        (base / "node_modules" / "ep_etherpad-lite").rename(base / "src")  # the code insists on <BASE>/src
        (base / "node_modules" / "ep_etherpad-lite").symlink_to("../src")
        (base / "var").mkdir()
        base.rename(home)
    return home


@contextmanager
def running(
    pads: Mapping[str, PadWriter],
    port: int | None = None,
    records: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Etherpad]:
    """A server that has these pads and other database records, with further settings; it ends with the block."""
    home = installed()
    port = port or _free_port()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "dirty.db").open("w", encoding="utf-8") as file:
            file.writelines(database(dict(pads)))
            file.writelines(json.dumps({"key": key, "val": value}) + "\n" for key, value in (records or {}).items())
        (folder / "settings.json").write_text(
            json.dumps({**_settings(folder, port), **(settings or {})}), encoding="utf-8"
        )
        (folder / "session").write_text("only-for-tests", encoding="utf-8")
        (folder / "api").write_text(API_KEY, encoding="utf-8")
        with (folder / "log").open("wb") as log:
            command, environment = _command(folder), _environment()
            server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)  # noqa: S603 - ours
            try:
                _wait_until_up(server, port, folder / "log")
                yield Etherpad(f"http://127.0.0.1:{port}")
            finally:
                server.terminate()
                server.wait(timeout=20)


def _settings(folder: Path, port: int) -> dict[str, object]:
    return {
        "ip": "127.0.0.1",
        "port": port,
        "dbType": "dirty",
        "dbSettings": {"filename": str(folder / "dirty.db")},
        "suppressErrorsInPadText": True,
        "minify": False,
        "loadTest": True,
        "loglevel": "WARN",
        "importExportRateLimiting": {"windowMs": 1000, "max": 1_000_000},
    }


def _command(folder: Path) -> list[str]:
    options = {"settings": "settings.json", "sessionkey": "session", "apikey": "api"}
    named = [word for option, file in options.items() for word in (f"--{option}", str(folder / file))]
    return ["node", "src/node/server.js", *named]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "NODE_ENV"}


def _wait_until_up(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"Etherpad did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _npm(base: Path, *words: str) -> None:
    try:
        subprocess.run(["npm", *words], cwd=base, check=True, capture_output=True, timeout=900)  # noqa: S603, S607 - ours
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(f"npm {words[0]} failed: {error}") from error
