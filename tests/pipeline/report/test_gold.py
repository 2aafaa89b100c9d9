"""The report on a few invented pads, word for word (tests/gold/report/README.md says how to renew it)."""

import pytest

from tests.gold.renew import GOLD
from tests.gold.scrubs import scrubbed
from tests.support.annotated import ALLOTMENTS, read
from tests.support.reports import checked_report

OUTPUTS = checked_report(*read(ALLOTMENTS))


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_file_is_as_it_was_agreed_to_be(name: str) -> None:
    assert scrubbed(OUTPUTS[name]) == (GOLD / name).read_bytes().decode()


def test_there_is_a_gold_file_for_each_output_and_no_other() -> None:
    assert sorted(path.name for path in GOLD.iterdir()) == sorted([*OUTPUTS, "README.md"])
