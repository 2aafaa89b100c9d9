"""`make fuzz`: it says what it tried, and what failed with the example that shows it."""

import os
import re
import subprocess
import sys
from pathlib import Path

CONFTEST = """
from hypothesis import settings
settings.register_profile("fuzz", max_examples=20, database=None)
"""
PROPERTIES = """
from hypothesis import given, strategies as st
@given(st.integers())
def test_false(number): assert number < 7
def test_of_no_property(): raise AssertionError
"""


def test_a_failure_is_shown_with_its_smallest_example_and_counted(root: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tests / "test_numbers.py").write_text(PROPERTIES, encoding="utf-8")
    run = (
        "import sys; from pathlib import Path; from tests.support.fuzz import fuzz; "
        "sys.exit(fuzz(0, 1, {'numbers': ['test_numbers.py']}, Path.cwd()))"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", run],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    first, *_, target, last = done.stdout.splitlines()
    assert first == "Trying 1 targets for 0 minutes with seed 1; make fuzz SEED=1 repeats it."
    assert "FAILED tests/test_numbers.py::test_false" in done.stdout
    assert "number=7," in done.stdout
    assert "test_of_no_property" not in done.stdout
    assert re.fullmatch(r"numbers +[1-9][0-9]* examples   1 failures", target)
    assert last.endswith(" examples, 1 properties failed.")
    assert done.returncode == 1, done.stderr
