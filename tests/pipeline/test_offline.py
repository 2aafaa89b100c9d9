"""An analysis leaves nothing behind but its outputs, asks no server, and tells nobody."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = "# Tools\n- Ana Belmonte asks who mends the pump\n- the pump breaks down every summer\n"
WATCH = """
import sys

NETWORK = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}


def note(event, arguments):
    if event in NETWORK:
        with open(%r, "a") as file:
            print(event, arguments, file=file)


sys.addaudithook(note)
"""
"""Python imports sitecustomize as it starts (docs.python.org/3/library/site.html)."""


@dataclass(frozen=True)
class Run:
    """An analysis of two notes by a user whose home was empty."""

    home: Path
    build: Path
    network: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("offline")
    home, corpus, watch, network = (folder / name for name in ("home", "corpus", "watch", "network.txt"))
    home.mkdir()
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH % str(network), encoding="utf-8")
    (corpus / "small" / "pads").mkdir(parents=True)
    (corpus / "small" / "pads" / "tools.txt").write_text(NOTES, encoding="utf-8")
    (corpus / "small" / "event.toml").write_text(
        'title = "Small"\n[[pad]]\ngroup = "Tools"\nfile = "pads/tools.txt"\n', encoding="utf-8"
    )
    outside = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ORT_", "CI"))}
    done = subprocess.run(  # noqa: S603 - our own module, our own arguments
        [sys.executable, "-m", "pipeline", "analyze", "small", "--corpus", corpus, "--build", folder / "build"],
        cwd=ROOT,
        env={**outside, "HOME": str(home), "PYTHONPATH": str(watch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "build" / "small" / "report.html").is_file()
    return Run(home, folder / "build", network)


def test_no_library_writes_into_the_users_home(run: Run) -> None:
    """onnxruntime would keep an id of the device there, and report to its maker; see `pipeline/__init__.py`."""
    assert [path for path in run.home.rglob("*") if path.is_file()] == []


def test_no_server_is_asked(run: Run) -> None:
    assert not run.network.exists(), run.network.read_text(encoding="utf-8")


def test_telemetry_is_off_before_the_models_are_loaded() -> None:
    program = (
        "import builtins, os\nimport_module = builtins.__import__\n"
        "def watched(name, *rest):\n"
        "    if name == 'onnxruntime':\n"
        "        print(os.environ.get('ORT_DISABLE_TELEMETRY'), os.environ.get('ORT_TELEMETRY_DISABLED'))\n"
        "    return import_module(name, *rest)\n"
        "builtins.__import__ = watched\n"
        "from pipeline.transformer import embed\nembed(['a tap'])"
    )
    outside = {key: value for key, value in os.environ.items() if not key.startswith("ORT_")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert set(done.stdout.splitlines()) == {"1 1"}
