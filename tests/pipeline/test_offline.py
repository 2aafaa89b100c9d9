"""An analysis leaves nothing behind but its outputs, and tells nobody."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTES = "# Tools\n- Ana Belmonte asks who mends the pump\n- the pump breaks down every summer\n"


def test_no_library_writes_into_the_users_home(tmp_path: Path) -> None:
    """onnxruntime would keep an id of the device there, and report to its maker; see `pipeline/__init__.py`."""
    home, corpus = tmp_path / "home", tmp_path / "corpus"
    home.mkdir()
    (corpus / "small" / "pads").mkdir(parents=True)
    (corpus / "small" / "pads" / "tools.txt").write_text(NOTES, encoding="utf-8")
    (corpus / "small" / "event.toml").write_text(
        'title = "Small"\n[[pad]]\ngroup = "Tools"\nfile = "pads/tools.txt"\n', encoding="utf-8"
    )
    outside = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ORT_", "CI"))}
    run = subprocess.run(  # noqa: S603 - our own module, our own arguments
        [sys.executable, "-m", "pipeline", "analyze", "small", "--corpus", corpus, "--build", tmp_path / "build"],
        cwd=ROOT,
        env={**outside, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "build" / "small" / "report.html").is_file()
    assert [path for path in home.rglob("*") if path.is_file()] == []
