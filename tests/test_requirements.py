"""What the code and the tests import is declared, and everything that is declared is pinned with hashes."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

OURS = {"benchmarks", "fetch", "pipeline", "tests"}
TRAINING = "pipeline/models/train"
USERS_OWN = {"sentence_transformers"}  # imported only where an event's settings name an encoder of the user's own
CLUSTER = {"distributed"}  # imported only with --cluster
PURPOSES = ("dev", "bench", "train", "reading", "cluster")
DISTRIBUTIONS = packages_distributions()


def declared(path: Path) -> set[str]:
    """The packages that a requirements.in names, with those of the file that it includes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = {name[0] for line in lines if (name := re.match(r"[a-z][a-z0-9-]*", line.lower()))}
    return names.union(*(declared(path.parent / line.split()[1]) for line in lines if line.startswith("-r ")))


def imported(folder: Path) -> set[str]:
    """The top-level modules that the code in `folder` imports, less Python's and ours."""
    found = set()
    for path in folder.rglob("*.py"):
        if TRAINING in path.as_posix() and not folder.as_posix().endswith(TRAINING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            found |= {name.partition(".")[0] for name in names}
    return found - OURS - USERS_OWN - CLUSTER - sys.stdlib_module_names - {""}


@pytest.mark.parametrize(
    ("folder", "file"),
    (
        ("fetch", "requirements.in"),
        ("pipeline", "requirements.in"),
        (TRAINING, "requirements-train.in"),
        ("tests", "requirements-dev.in"),
    ),
)
def test_what_is_imported_is_declared(root: Path, folder: str, file: str) -> None:
    known = declared(root / file)
    for module in imported(root / folder):
        names = {name.lower().replace("_", "-") for name in DISTRIBUTIONS.get(module, [module])}
        assert names & known, f"{module} is imported in {folder}/ and not declared in {file}"


@pytest.mark.parametrize("name", ("requirements", *(f"requirements-{use}" for use in PURPOSES)))
def test_what_is_declared_is_pinned_with_hashes(root: Path, name: str) -> None:
    text = (root / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9.-]+)==\S+ .*?\\\n    --hash=sha256:", text, re.MULTILINE)
    assert declared(root / f"{name}.in") <= set(pins)
    assert "http://" not in text
    assert "https://" not in text


def test_with_a_cluster_all_else_has_the_same_version(root: Path) -> None:
    """Its workers must compute what a machine without Dask computes."""
    alone, cluster = (
        set(re.findall(r"^[a-z0-9.-]+==\S+", (root / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-cluster.txt")
    )
    assert declared(root / "requirements-cluster.in") - declared(root / "requirements.in") == CLUSTER
    assert alone < cluster
