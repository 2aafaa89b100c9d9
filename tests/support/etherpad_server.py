"""A real Etherpad on this machine, for tests and for `make etherpad`.

It is 1.8.14, the newest server that npm has, which is installed once, into a cache outside the checkout; or the one
that lies built in the folder that ETHERPAD_BASE names. It is started on a free port with pads that are put into its
database file beforehand.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests

from tests.support.etherpad_answers import KEY
from tests.support.pad_writer import PadWriter, database

VERSION = "1.8.14"
START_SECONDS = 60

LAST = 10
"""Lines of the log that are shown if it does not start."""

BASE = "ETHERPAD_BASE"
"""The environment variable that names a folder with a built Etherpad, of any version from 1.8 on."""

TYPESCRIPT = Path("src/node/server.ts")
"""The server's program since 2.0; before, it was JavaScript."""

BY_KEY = {"authenticationMethod": "apikey"}
"""The setting with which the HTTP API takes keys; without it, Etherpad wants tokens of its own since 2.0."""


class Unavailable(Exception):
    """There is no such server to be had on this machine; the text says why."""


@dataclass(frozen=True)
class Etherpad:
    """A running server."""

    base: str
    version: str

    def api(self, function: str, **form: str) -> dict[str, str]:
        """Call the HTTP API; gives its data."""
        answer = requests.post(f"{self.base}/api/1.2.15/{function}", data={"apikey": KEY, **form}, timeout=20)
        content = answer.json()
        assert content["code"] == 0, (function, content)
        return dict(content["data"] or {})

    def text(self, quoted_name: str) -> str:
        """A pad's own plain text export."""
        answer = requests.get(f"{self.base}/p/{quoted_name}/export/txt", timeout=20)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()


def home() -> Path:
    """The folder of the server to test; raises Unavailable if there is none."""
    if BASE not in os.environ:
        return installed()
    base = Path(os.environ[BASE]).expanduser().resolve()
    if not (base / TYPESCRIPT).is_file() and not (base / TYPESCRIPT.with_suffix(".js")).is_file():
        raise Unavailable(f"{base} has no {TYPESCRIPT} or {TYPESCRIPT.with_suffix('.js')}, so it is no Etherpad")
    return base


def version_of(base: Path) -> str:
    """The version of the server in a folder."""
    return str(json.loads((base / "src" / "package.json").read_bytes())["version"])


def installed() -> Path:
    """The folder of 1.8.14, installed if it is not there yet (150 MB, about three minutes); raises Unavailable."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "padharvest"
    place = cache / f"etherpad-{VERSION}"
    if place.is_dir():
        return place
    if not shutil.which("node") or not shutil.which("npm"):
        raise Unavailable("Etherpad needs node and npm, and they are not on this machine")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as building:
        base = Path(building) / "base"
        base.mkdir()
        _npm(base, "init", "-y")
        _npm(base, "install", "--ignore-scripts", f"ep_etherpad-lite@{VERSION}")
        for left in base.glob("package*.json"):
            left.unlink()
        (base / "node_modules" / "ep_etherpad-lite").rename(base / "src")  # the code insists on <BASE>/src
        (base / "node_modules" / "ep_etherpad-lite").symlink_to("../src")
        (base / "var").mkdir()
        base.rename(place)
    return place


@contextmanager
def running(
    pads: Mapping[str, PadWriter],
    port: int | None = None,
    records: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Etherpad]:
    """A server that has these pads and other database records, with further settings; it ends with the block.

    Raises Unavailable if it does not start.
    """
    base = home()
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
        (folder / "api").write_text(KEY, encoding="utf-8")
        with (folder / "log").open("wb") as log:
            server = _start(base, folder, log)
            try:
                _wait_until_up(server, port, folder / "log")
                yield Etherpad(f"http://127.0.0.1:{port}", version_of(base))
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


def _start(base: Path, folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server in `base` with the settings in `folder`, as its own script `prod` does."""
    options = {"settings": "settings.json", "sessionkey": "session", "apikey": "api"}
    named = [word for option, file in options.items() for word in (f"--{option}", str(folder / file))]
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    if (base / TYPESCRIPT).is_file():
        command = ["node", "--require", "tsx/cjs", "node/server.ts", *named]
        environment["NODE_ENV"] = "production"  # otherwise it wants the tools of its developers
        base /= "src"
    else:
        command = ["node", "src/node/server.js", *named]
    try:
        return subprocess.Popen(command, cwd=base, env=environment, stdout=log, stderr=log)  # noqa: S603 - ours
    except OSError as error:
        raise Unavailable(f"Etherpad needs node, which does not start: {error}") from error


def _wait_until_up(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"Etherpad did not start; the last lines of its log:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    """The last lines of a log about errors, or of all of it if there are none, without colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace")).splitlines()
    return "\n".join(([line for line in lines if "Error" in line] or lines)[-LAST:])


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
