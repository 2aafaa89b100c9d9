"""`make etherpad BASE=DIR` says what passed and what did not, and ends with 1 if anything did not."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from tests.support.try_etherpad import Checks

NODE = "tests/fetch/test_real_etherpad.py::test_a_group_s_pad_is_read[with 1 | 2]"


def try_etherpad(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.support.try_etherpad", str(folder)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own module


def test_a_folder_without_an_etherpad_is_named(root: Path, tmp_path: Path) -> None:
    ended = try_etherpad(root, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout == f"{tmp_path} has no src/node/server.ts or src/node/server.js, so it is no Etherpad.\n"


@pytest.mark.etherpad
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")
def test_a_server_that_does_not_start_fails_with_its_own_words(root: Path, tmp_path: Path) -> None:
    (tmp_path / "src" / "node").mkdir(parents=True)
    (tmp_path / "src" / "package.json").write_text('{"version": "9.0.0"}', encoding="utf-8")
    (tmp_path / "src" / "node" / "server.js").write_text("throw new Error('no database')", encoding="utf-8")
    ended = try_etherpad(root, tmp_path)
    assert ended.returncode == 1
    assert f"Checking Etherpad 9.0.0 in {tmp_path}" in ended.stdout
    assert "Error: no database" in ended.stdout
    assert ended.stdout.endswith("\n0 passed, 1 failed, 0 not checked\n")


@pytest.mark.parametrize(
    ("outcome", "why", "lines"),
    (
        ("passed", None, ["passed       a group's pad is read: with 1 | 2"]),
        ("failed", "no text\nat all", ["FAILED       a group's pad is read: with 1 | 2", "no text", "at all"]),
        (
            "skipped",
            ("file.py", 1, "Skipped: the API takes no key"),
            ["not checked  a group's pad is read: with 1 | 2", "because the API takes no key"],
        ),
    ),
)
def test_each_check_is_a_sentence_with_its_reason(
    capsys: pytest.CaptureFixture[str],
    outcome: Literal["passed", "failed", "skipped"],
    why: str | tuple[str, int, str] | None,
    lines: list[str],
) -> None:
    checks = Checks()
    checks.pytest_runtest_logreport(pytest.TestReport(NODE, ("", 0, ""), {}, outcome, why, "call"))
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == lines
    assert checks.count == {outcome: 1}
