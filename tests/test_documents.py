"""What the documents promise of themselves: links that lead somewhere, short decisions, and names that exist."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.report.formats import FORMATS
from pipeline.serialization import ANALYSIS_FILE
from pipeline.settings import Settings
from pipeline.translation import available

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "pipeline/models/*/CARD.md", "corpus/sample/*.md", "tests/**/README.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
MOST_WORDS = 300


def links(document: Path) -> Iterator[Path]:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        yield (document.parent / target).resolve()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    assert [target for target in links(document) if not target.exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_has_the_usual_sections(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert len(text.split()) <= MOST_WORDS
    for section in ("## Status", "## Context", "## Decision", "## Consequences"):
        assert section in text


def test_decisions_have_different_numbers() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)


def test_files_and_sections_that_comments_cite_exist() -> None:
    cited = {
        (path, name)
        for folder in ("fetch", "pipeline", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"docs/[\w/.-]*\w", path.read_text(encoding="utf-8"))
    }
    missing = [
        (path.name, name) for path, name in cited if not ((ROOT / name).exists() or list(ROOT.glob(f"{name}*.md")))
    ]
    assert missing == []


def test_make_targets_that_the_readme_names_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", readme, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {first or second for first, second in named} <= targets


def test_make_help_lists_every_target_that_a_user_types() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [phony] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(phony.split()) == explained


def test_the_guide_lists_every_setting_with_its_default() -> None:
    guide = (ROOT / "docs" / "fetch.md").read_text(encoding="utf-8")
    for name in Settings.__dataclass_fields__:
        default = getattr(Settings(), name)
        row = next((line for line in guide.split("\n") if line.startswith(f"| `{name}`")), "")
        assert str(default) in row, name
        assert row, name


def test_the_readme_lists_every_file_of_a_report() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files = {name for known in FORMATS for name in (*known.quotes, *known.quotes_nothing)}
    assert [name for name in (*files, ANALYSIS_FILE) if f"`{name}`" not in readme] == []


def test_the_languages_that_the_readme_names_are_those_with_a_catalogue() -> None:
    assert set(available()) == {"en", "es"}
    assert "English and Spanish" in (ROOT / "README.md").read_text(encoding="utf-8").replace("\n  ", " ")


def test_notice_names_every_model_and_word_list_under_another_licence() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in ("pipeline/models/tagger", "pipeline/models/encoder", "pipeline/data/stop_words.txt", "corpus/sample/"):
        assert name in notice
        assert (ROOT / name).exists()


def test_no_committed_text_names_a_package_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "registry.npm" + "js")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    texts = {
        path: path.read_bytes() for path in files if path.is_file() and path.suffix not in {".onnx", ".npz", ".png"}
    }
    assert [str(path) for path, content in texts.items() if any(host.encode() in content for host in hosts)] == []
