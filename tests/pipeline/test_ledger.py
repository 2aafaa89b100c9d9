"""The ledger: every line of every pad has exactly one account."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import Pad, PadId
from pipeline.analysis_records import Account, Concern, ConcernId
from pipeline.ledger import PRECEDENCE, LedgerError, account, check
from pipeline.segment_records import Kind, Line, LineNo, LineRole, Segment, SegmentId
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.builders import pad


def lines_of(one: Pad) -> list[Line]:
    lines, start = [], 0
    for number, text in enumerate(one.text.split("\n"), start=1):
        role = LineRole.CONTENT if text.strip() else LineRole.EMPTY
        lines.append(Line(pad_id=one.pad_id, number=LineNo(number), start=start, end=start + len(text), role=role))
        start += len(text) + 1
    return lines


def segment(one: Pad, start: int, end: int, kind: Kind = Kind.STATEMENT) -> Segment:
    return Segment(
        id=SegmentId(f"{start}-{end}"),
        pad_id=one.pad_id,
        group=one.group,
        line=LineNo(one.text.count("\n", 0, start) + 1),
        start=start,
        end=end,
        text=one.text[start:end],
        kind=kind,
    )


def concern(*members: Segment, recurring: bool) -> Concern:
    ids = tuple(member.id for member in members)
    return Concern(
        id=ConcernId(f"c-{ids}"),
        label="x",
        terms=(),
        segment_ids=ids,
        exemplar_ids=ids[:1],
        groups=("Water",),
        agreeing_groups=("Water",),
        recurring=recurring,
    )


def test_lines_set_aside_keep_the_account_of_their_role() -> None:
    analysis, _ = build({"1 Water": "# Water ‖ heading\nWhy? ‖ prompt\n\nhello ‖ boilerplate\nhello ‖ duplicate\ntap"})
    assert analysis.ledger.lines[PadId("water")] == (
        Account.HEADING,
        Account.PROMPT,
        Account.EMPTY,
        Account.BOILERPLATE,
        Account.DUPLICATE,
        Account.UNCLUSTERED,
    )


def test_a_line_takes_the_strongest_account_of_all_segments_on_it() -> None:
    one = pad("Water", "Who pays? We do. Ana calls. It is wet.")
    pays = segment(one, 0, 9, Kind.QUESTION)
    do = segment(one, 10, 16)
    calls = segment(one, 17, 27, Kind.ACTION)
    wet = segment(one, 28, 38)
    everything = [pays, do, calls, wet]
    hidden = replace(wet, role=LineRole.HIDDEN, kind=Kind.OTHER)
    redacted = replace(do, role=LineRole.REDACTED, kind=Kind.OTHER)
    steps = [
        (everything, [concern(do, recurring=False), concern(wet, recurring=True)], Account.CONCERN),
        (everything, [concern(do, recurring=False)], Account.ONE_GROUP),
        (everything, [], Account.QUESTION),
        ([do, calls, wet], [], Account.NEXT_STEP),
        ([do, wet, hidden], [], Account.UNCLUSTERED),
        ([redacted, hidden], [], Account.HIDDEN),
        ([redacted], [], Account.REDACTED),
    ]
    assert tuple(expected for *_, expected in steps) == PRECEDENCE
    for segments, concerns, expected in steps:
        assert account(lines_of(one), segments, concerns).lines[one.pad_id] == (expected,)


def test_a_recurring_concern_wins_over_one_groups_own_for_the_same_segment() -> None:
    one = pad("Water", "the tap is shut")
    tap = segment(one, 0, 15)
    for concerns in (
        [concern(tap, recurring=True), concern(tap, recurring=False)],
        [concern(tap, recurring=False), concern(tap, recurring=True)],
    ):
        assert account(lines_of(one), [tap], concerns).counts[Account.CONCERN] == 1


def test_a_sentence_over_several_lines_accounts_for_each_of_them_and_for_no_other() -> None:
    one = pad("Water", "First.\nThe tap\nis shut\nall winter.\nLast.")
    segments = [segment(one, 0, 6), segment(one, 7, 34), segment(one, 35, 40)]
    ledger = account(lines_of(one), segments, [concern(segments[1], recurring=True)])
    shut, rest = Account.CONCERN, Account.UNCLUSTERED
    assert ledger.lines[one.pad_id] == (rest, shut, shut, shut, rest)


def test_a_line_with_words_and_no_segment_is_refused() -> None:
    one = pad("Water", "tap\npump")
    with pytest.raises(LedgerError, match="Pad water: line 2 has words but no segment"):
        account(lines_of(one), [segment(one, 0, 3)], [])


@pytest.mark.parametrize(
    ("order", "complaint"),
    (((0, 2), "line 2 is missing"), ((0, 1, 1, 2), "line 2 is counted twice"), ((1, 2), "line 1 is missing")),
)
def test_a_missing_or_doubled_line_is_refused(order: tuple[int, ...], complaint: str) -> None:
    lines = lines_of(pad("Water", "\n\n"))
    with pytest.raises(LedgerError, match=complaint):
        account([lines[n] for n in order], [], [])


@given(st.lists(st.text(st.characters(categories=["L", "Zl", "Cc", "Cs"]), max_size=6), max_size=9))
def test_every_line_of_any_text_has_one_account_and_the_counts_sum_to_the_lines(texts: list[str]) -> None:
    one = pad("Water", "\n".join(texts))
    lines = lines_of(one)
    segments = [segment(one, line.start, line.end) for line in lines if line.role is LineRole.CONTENT]
    ledger = account(lines, segments, [])
    assert ledger.total == sum(ledger.counts.values()) == one.text.count("\n") + 1
    assert tuple(ledger.counts) == tuple(Account)
    check(ledger, [one])


def test_a_ledger_is_checked_against_the_pads_it_is_of() -> None:
    analysis, corpus = read(ALLOTMENTS)
    water, *others = corpus.pads
    check(analysis.ledger, corpus.pads)
    with pytest.raises(LedgerError, match="different pads"):
        check(analysis.ledger, others)
    with pytest.raises(LedgerError, match=r"Pad water: it has 19 lines but the ledger accounts for 17"):
        check(analysis.ledger, [replace(water, text=water.text + "\n\n"), *others])
    with pytest.raises(LedgerError, match="sums"):
        check(replace(analysis.ledger, total=3), corpus.pads)
