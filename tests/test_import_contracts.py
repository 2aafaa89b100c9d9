"""The import contracts of pyproject.toml: `lint-imports` passes on the packages as they are, and refuses violations."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports on the packages in `folder`."""
    command = [str(LINT_IMPORTS), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def broken_contracts(folder: Path) -> str:
    """Return what lint-imports reports about the contracts that it finds broken."""
    result = lint(folder)
    assert result.returncode == 1
    return result.stdout.partition("Broken contracts")[2]


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the two packages, their modules only, with the contracts."""
    for package in ("fetch", "pipeline"):
        for module in (root / package).rglob("*.py"):
            target = tmp_path / module.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, target)
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_packages_as_they_are_keep_the_contracts(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    (
        ("pipeline/analyze.py", "import fetch.http", "of fetch, pipeline imports"),
        ("pipeline/analyze.py", "from fetch import store", "of fetch, pipeline imports"),
        ("pipeline/watch.py", "from fetch.pull import pull", "of fetch, pipeline imports"),
        ("fetch/pull.py", "import pipeline.text", "fetch never imports pipeline"),
        ("pipeline/tag/__init__.py", "import pipeline.segment", "stages know the records"),
        ("pipeline/describe/__init__.py", "import pipeline.report", "stages know the records"),
        ("pipeline/text.py", "import pipeline.analyze", "pipeline is layered"),
        ("fetch/files.py", "import fetch.http", "inside fetch"),
    ),
)
def test_a_forbidden_import_is_refused(copy: Path, module: str, line: str, broken: str) -> None:
    path = copy / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert broken in broken_contracts(copy)


@pytest.mark.parametrize(
    ("package", "broken"), (("fetch", "of fetch, pipeline imports"), ("pipeline", "pipeline is layered"))
)
def test_a_new_module_needs_a_place_in_the_contracts_before_pipeline_may_import_it(
    copy: Path, package: str, broken: str
) -> None:
    (copy / package / "unlisted.py").write_text('"""A module that no contract names."""\n', encoding="utf-8")
    path = copy / "pipeline" / "analyze.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nimport {package}.unlisted\n", encoding="utf-8")
    assert broken in broken_contracts(copy)
