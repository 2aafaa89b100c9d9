"""curation.toml as `python -m pipeline` reads it, and as docs/curation.md shows it."""

import json
import re
import subprocess
from pathlib import Path

from pipeline.curation.decision_file import KINDS, parse
from tests.support.commands import pipeline

PADS = {
    "water": "* the tap is shut all winter\n* who pays for the pump\n* Zelda Quark has the key\n",
    "soil": "* nobody knows who pays for repairs\n* compost bins are full\n",
}
DECISIONS = """\
[[decision]]
do = "new"
name = "Who pays"
quotes = ["who pays for the pump", "nobody knows who pays for repairs"]

[[decision]]
do = "redact"
words = "Zelda Quark"

[[decision]]
do = "hide"
quote = "the moon is made of cheese"
"""


def event(folder: Path, decisions: str) -> None:
    (folder / "pads").mkdir(parents=True)
    pads = "".join(f'[[pad]]\ngroup = "{name}"\nfile = "pads/{name}.txt"\n' for name in PADS)
    (folder / "event.toml").write_text(f'title = "Fair"\n{pads}', encoding="utf-8")
    (folder / "curation.toml").write_text(decisions, encoding="utf-8")
    for name, text in PADS.items():
        (folder / "pads" / f"{name}.txt").write_text(text, encoding="utf-8")


def run(root: Path, folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    return pipeline(root, command, "fair", "--corpus", folder / "corpus", "--build", folder / "build")


def test_decisions_are_in_the_report_and_those_that_cannot_be_applied_are_printed(root: Path, tmp_path: Path) -> None:
    event(tmp_path / "corpus" / "fair", DECISIONS)
    done = run(root, tmp_path, "analyze")
    assert done.returncode == 0, done.stderr
    assert "curation: 2 of 3 decisions applied" in done.stderr
    assert "decision 3 (Hide a quote) could not be applied: no pad contains this quote" in done.stderr
    build = tmp_path / "build" / "fair"
    first = json.loads((build / "analysis.json").read_text(encoding="utf-8"))["concerns"][0]
    assert (first["label"], first["origin"], first["recurring"]) == ("Who pays", "facilitator", True)
    written = [path for path in build.rglob("*") if path.is_file()]
    assert {path.parent for path in written} == {build, build / "groups"}
    for path in written:
        assert b"zelda" not in path.read_bytes().lower(), path.name
    before = (build / "report.html").read_bytes()
    assert run(root, tmp_path, "report").returncode == 0
    assert (build / "report.html").read_bytes() == before
    (tmp_path / "corpus" / "fair" / "curation.toml").unlink()
    stale = run(root, tmp_path, "report")
    assert (stale.returncode, "has changed since it was analysed" in stale.stderr) == (2, True)


def test_a_mistake_in_the_file_is_one_plain_line_and_exit_code_2(root: Path, tmp_path: Path) -> None:
    event(tmp_path / "corpus" / "fair", '[[decision]]\ndo = "rename"\nconcern = "Tap"\n')
    done = run(root, tmp_path, "analyze")
    assert done.returncode == 2
    assert done.stderr.strip().endswith("curation.toml: decision 1 (rename): name is missing.")
    assert len(done.stderr.strip().split("\n")) == 1


def test_each_decision_has_an_example_in_the_documentation(root: Path) -> None:
    page = (root / "docs" / "curation.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[[decision]]" in block)
    decisions = parse(example, Path("curation.toml")).decisions
    assert {type(one) for one in decisions} >= set(KINDS.values())
