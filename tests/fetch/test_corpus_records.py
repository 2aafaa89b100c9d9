"""The records of a fetch: results, the markers by which authors decide, and times."""

import re

import pytest

from fetch.corpus_records import Outcome, PublishPolicy, Result, failed, parse_time, reason_to_withhold
from fetch.errors import UserMistake


@pytest.mark.parametrize(
    ("text", "policy", "kept"),
    (
        ("hello", PublishPolicy.OPT_OUT, True),
        ("hello __NOPUBLISH__", PublishPolicy.OPT_OUT, False),
        ("hello", PublishPolicy.OPT_IN, False),
        ("__PUBLISH__ hello", PublishPolicy.OPT_IN, True),
        ("__PUBLISH__ __NOPUBLISH__", PublishPolicy.OPT_IN, False),
    ),
)
def test_the_markers_in_a_pad_decide_whether_it_may_be_kept(text: str, policy: PublishPolicy, *, kept: bool) -> None:
    assert (reason_to_withhold(text, policy) is None) == kept


def test_a_result_is_one_line() -> None:
    results = (Result(name="a", outcome=Outcome.NEW), failed("b", "it is empty."))
    assert [str(result) for result in results] == ["new: a", "failed: b: it is empty"]


@pytest.mark.parametrize(
    ("text", "epoch", "time"),
    (
        ("2026-05-04T12:00:00.5+02:00", None, "2026-05-04T10:00:00+00:00"),
        ("2026-05-04", "1", "2026-05-04T00:00:00+00:00"),
        (None, "86400", "1970-01-02T00:00:00+00:00"),
    ),
)
def test_a_time_is_utc_to_the_second(text: str | None, epoch: str | None, time: str) -> None:
    assert parse_time(text, epoch).isoformat() == time


@pytest.mark.parametrize("text", ("noon", "", "0001-01-01T00:00:00+14:00"))
def test_anything_else_is_not_a_time(text: str) -> None:
    with pytest.raises(UserMistake, match=f"--now {re.escape(repr(text))} is not a time; write it like 2026-05-04T12:"):
        parse_time(text, "1")


@pytest.mark.parametrize("epoch", ("soon", "", "9" * 30))
def test_a_wrong_source_date_epoch_is_called_by_its_own_name(epoch: str) -> None:
    with pytest.raises(UserMistake, match=f"SOURCE_DATE_EPOCH='{epoch}' is not a time; it is in seconds since 1970"):
        parse_time(None, epoch)
