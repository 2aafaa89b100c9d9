"""Which lines are worth a look for names."""

import pytest

from pipeline.tag.neural.promise import may_name


@pytest.mark.parametrize("line", ("ask Ana", "Ana: bring it", "@ana", "the OSM people", "we met in Łódź", "iCal"))
def test_a_capital_or_a_handle_promises_a_name(line: str) -> None:
    assert may_name(line)


@pytest.mark.parametrize("line", ("", "—", "The pump breaks", "bring what I have", "12 chairs", "- we need more time"))
def test_what_a_start_or_i_explains_promises_none(line: str) -> None:
    assert not may_name(line)
