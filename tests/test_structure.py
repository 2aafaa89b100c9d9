"""The structure that docs/adr/0018 decides: a module is a topic, and there are not too many of them."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONVENTIONAL = {"__init__.py", "__main__.py", "cli.py"}
"""Names that Python and each command line give a module."""


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize(("package", "most"), (("fetch", 20), ("pipeline", 140)))
def test_a_package_has_no_more_modules_than_can_be_kept_in_mind(package: str, most: int) -> None:
    assert len(modules(package)) <= most


def test_no_two_modules_have_the_same_name() -> None:
    names = Counter(path.name for package in ("fetch", "pipeline") for path in modules(package))
    assert [name for name, count in names.items() if count > 1 and name not in CONVENTIONAL] == []


@pytest.mark.parametrize("package", ("fetch", "pipeline"))
def test_a_module_is_not_longer_than_a_topic_needs(package: str) -> None:
    long = {path.name: path.read_text(encoding="utf-8").count("\n") for path in modules(package)}
    assert [name for name, lines in long.items() if lines > 400] == []


def test_tests_are_where_what_they_test_is() -> None:
    tested = {path.parent for package in ("fetch", "pipeline") for path in modules(package)}
    folders = {
        path.parent.relative_to(ROOT / "tests")
        for package in ("fetch", "pipeline")
        for path in (ROOT / "tests" / package).rglob("test_*.py")
    }
    assert [folder for folder in folders if ROOT / folder not in tested] == []
