"""The report on a few invented pads, word for word (tests/gold/report/README.md says how to renew it)."""

import pytest

from tests.gold.renew import GOLD, agreed
from tests.gold.scrubs import scrubbed

OUTPUTS = agreed()


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_file_is_as_it_was_agreed_to_be(name: str) -> None:
    assert scrubbed(OUTPUTS[name]) == (GOLD / name).read_bytes().decode()


def test_there_is_a_gold_file_for_each_output_and_no_other() -> None:
    gold = [path.relative_to(GOLD).as_posix() for path in GOLD.rglob("*") if path.is_file()]
    assert sorted(gold) == sorted([*OUTPUTS, "README.md"])
