"""What the report says about an invented event (tests/cases/report/allotments), before it is laid out."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis_records import Account, Spelling, SpellingReason
from pipeline.report.appendices import largest_remainder
from pipeline.report.report_records import Card
from pipeline.report.report_view import build
from pipeline.report.words import deadline
from tests.support.annotated import ALLOTMENTS, read
from tests.support.annotated import build as annotated

ANALYSIS, CORPUS = read(ALLOTMENTS)
VIEW = build(ANALYSIS, CORPUS.pads, CORPUS.event.server)


def card(label: str) -> Card:
    return next(card for card in VIEW.recurring if card.label == label)


def test_strength_is_counted_in_groups_that_wrote_something() -> None:
    assert VIEW.tally == "5 groups (2 wrote nothing), 50 lines"
    assert [(card.label, card.strength, card.quote_count) for card in VIEW.recurring] == [
        ("who pays for repairs", "3 of 3 groups", "5 quotes"),
        ("a rota would help", "2 of 3 groups", "3 quotes"),
    ]


def test_the_matrix_says_for_every_group_how_many_of_its_quotes_there_are() -> None:
    pays = card("who pays for repairs")
    assert [(cell.group.initials, cell.count, cell.words) for cell in pays.cells] == [
        ("Wa", 3, "3 quotes"),
        ("So", 1, "1 quote"),
        ("CG", 1, "1 quote"),
        ("Be", 0, "none"),
        ("Pa", 0, "none"),
    ]


def test_a_card_says_who_raised_it_and_shows_each_quote_once_as_exemplar_or_other() -> None:
    pays = card("who pays for repairs")
    assert pays.group_names == "Water, Soil and Children & gate"
    assert [quote.text for quote in pays.exemplars] == [
        "the pump breaks every year and nobody knows who pays for the repair",
        "repairs: who pays? The hinges are broken.",
        "who pays for the new lock?",
    ]
    assert [quote.text for quote in pays.others] == [
        "last time it was Joe, out of his own pocket",
        "write down who pays for what",
    ]
    assert [(own.group.name, len(own.quotes)) for own in pays.by_group] == [
        ("Water", 3),
        ("Soil", 1),
        ("Children & gate", 1),
    ]


def test_a_quote_says_what_it_is_like_and_in_which_words() -> None:
    pays = card("who pays for repairs")
    found = {quote.text: pays.whys[quote.at] for quote in (*pays.exemplars, *pays.others)}
    lock = found["who pays for the new lock?"]
    assert (lock.like.group.name, lock.like.line, lock.words, lock.shared) == ("Water", 6, "Both say", "pays")
    pocket = found["last time it was Joe, out of his own pocket"]
    assert (pocket.like.group.name, pocket.words, pocket.shared) == ("Soil", "In other words, alike in meaning.", "")


def test_concerns_of_one_group_stand_under_that_group() -> None:
    assert [(own.group.name, [card.label for card in own.cards]) for own in VIEW.one_group] == [
        ("Soil", ["wheelbarrows"])
    ]


def test_quotes_in_another_language_say_so() -> None:
    [own] = VIEW.one_group
    assert [quote.language for quote in own.cards[0].by_group[0].quotes] == ["de", None]


def test_open_questions_are_those_with_nothing_under_them() -> None:
    assert [(own.group.name, [quote.text for quote in own.quotes]) for own in VIEW.open_questions] == [
        ("Soil", ["repairs: who pays? The hinges are broken."]),
        ("Children & gate", ["could we have a rota for opening the gate?"]),
    ]
    assert [[answer.quote.text for answer in one.answers] for one in VIEW.answered_questions] == [
        ["only the council may, says Ana Lund"],
        ['the fund ("Gate & Fence") might', "it is nearly empty, though"],
    ]


def test_next_steps_say_who_and_by_when_in_their_own_words_and_as_a_date() -> None:
    assert [(step.date, step.owner, step.due) for step in VIEW.next_steps] == [
        ("8 May 2026", "Ana", "by Friday"),
        ("15 June 2026", None, "mid June"),
        (None, None, None),
        (None, "Joe", None),
    ]


def test_what_is_left_over_is_what_stands_nowhere_else() -> None:
    assert [(own.group.name, [quote.line for quote in own.quotes]) for own in VIEW.rest] == [
        ("Water", [5, 10]),
        ("Soil", [11]),
        ("Children & gate", [4]),
    ]


def test_every_line_of_every_pad_is_there_in_order_to_the_character() -> None:
    for own, pad in zip(VIEW.by_group, CORPUS.pads, strict=True):
        lines = own.pads[0].lines
        assert "\n".join("".join(piece.text for piece in line.pieces) for line in lines) == pad.text
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(
    ("group", "line", "notes"),
    (
        ("Water", 1, ["heading"]),
        ("Water", 2, ["set aside: boilerplate"]),
        ("Water", 3, ["empty"]),
        ("Water", 4, ["prompt"]),
        ("Water", 5, ["in no concern"]),
        ("Water", 6, ["in → who pays for repairs"]),
        ("Water", 8, ["question"]),
        ("Water", 13, ["next step"]),
        ("Water", 14, ["in → who pays for repairs", "next step"]),
        ("Water", 17, ["decision"]),
        ("Soil", 5, ["in → who pays for repairs", "question"]),
        ("Soil", 6, ["only this group: → wheelbarrows"]),
        ("Soil", 8, ["set aside: said before"]),
    ),
)
def test_a_line_says_in_words_what_became_of_it(group: str, line: int, notes: list[str]) -> None:
    own = next(own for own in VIEW.by_group if own.group.name == group)
    found = own.pads[0].lines[line - 1].notes
    assert [f"{note.words} → {note.concern}" if note.concern else note.words for note in found] == notes


def test_a_line_is_cut_where_its_language_changes() -> None:
    soil = VIEW.by_group[1].pads[0]
    assert [(piece.text, piece.language) for piece in soil.lines[5].pieces] == [
        ("* ", None),
        ("wir brauchen eine zweite Schubkarre", "de"),
    ]


def test_nesting_is_kept() -> None:
    gate = VIEW.by_group[2].pads[0]
    assert [line.level for line in gate.lines[5:8]] == [1, 2, 3]


def test_an_empty_pad_and_one_that_holds_only_the_template_are_said_so() -> None:
    remarks = {own.group.name: own.pads[0].remark for own in VIEW.by_group}
    assert remarks == {
        "Water": None,
        "Soil": None,
        "Children & gate": None,
        "Bees": "This pad held the template only: nothing was written under it.",
        "Paths": "This pad was empty.",
    }


def test_a_groups_summary_adds_up_what_it_wrote() -> None:
    assert VIEW.by_group[0].summary == (
        "17 lines: 3 in concerns of several groups, 1 in other questions, 1 in other next steps, 4 in no concern"
    )


def test_names_are_listed_by_kind_with_the_lines_they_stand_in() -> None:
    assert [names.title for names in VIEW.names] == [
        *("People", "Organisations", "Places", "Events", "Products and tools", "Dates")
    ]
    people = VIEW.names[0].names
    assert [entry.name for entry in people] == ["Ana", "Ana Lund", "Joe"]
    assert [(where.group.name, [quote.line for quote in where.quotes]) for where in people[2].where] == [
        ("Water", [7]),
        ("Soil", [14]),
    ]


def test_other_spellings_of_a_name_are_given() -> None:
    analysis, corpus = annotated({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund\n* ask ana ‖ PERSON=ana"})
    full, short = analysis.entities
    also = (Spelling(written="ana", like="Ana Lund", why=SpellingReason.SHORTENED),)
    merged = replace(analysis, entities=(replace(full, mentions=full.mentions + short.mentions, also=also),))
    [entry] = build(merged, corpus.pads).names[0].names
    assert (entry.name, entry.variants) == ("Ana Lund", "ana")
    assert [(one.written, one.like, one.why) for one in entry.joined] == [
        ("ana", "Ana Lund", "no other full name here can be shortened to it")
    ]


def test_capitals_alone_are_not_explained() -> None:
    analysis, corpus = annotated({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund"})
    [entity] = analysis.entities
    loud = replace(entity, also=(Spelling(written="ANA LUND", like="Ana Lund", why=SpellingReason.CASE),))
    [entry] = build(replace(analysis, entities=(loud,)), corpus.pads).names[0].names
    assert entry.joined == ()


def test_the_ledger_counts_each_line_once_and_adds_up_to_100_percent() -> None:
    assert [(row.account, row.lines, row.share) for row in VIEW.ledger.rows] == [
        ("concern", "8", "16.0 %"),
        ("one_group", "2", "4.0 %"),
        ("question", "1", "2.0 %"),
        ("next_step", "2", "4.0 %"),
        ("unclustered", "8", "16.0 %"),
        ("duplicate", "1", "2.0 %"),
        ("prompt", "12", "24.0 %"),
        ("heading", "3", "6.0 %"),
        ("boilerplate", "1", "2.0 %"),
        ("empty", "12", "24.0 %"),
    ]
    assert (VIEW.ledger.total, VIEW.ledger.share) == ("50", "100.0 %")
    for own in VIEW.ledger.groups:
        assert sum(own.counts) == int(own.total)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=len(Account)))
def test_shares_add_up_to_100_percent_and_each_is_within_a_tenth(counts: list[int]) -> None:
    shares = largest_remainder(counts)
    total = sum(counts)
    assert sum(shares) == (1000 if total else 0)
    for number, share in zip(counts, shares, strict=True):
        assert not total or abs(share - 1000 * number / total) < 1


def test_figures_at_a_glance_count_what_the_parts_hold() -> None:
    assert [(figure.number, figure.words) for figure in VIEW.figures] == [
        ("2", "concerns of several groups"),
        ("1", "concern of one group only"),
        ("2", "open questions"),
        ("4", "next steps"),
        ("1", "decision"),
    ]


def test_the_tables_hold_every_concern_quote_and_mention() -> None:
    assert len(VIEW.tables["concerns.csv"]) == 1 + len(ANALYSIS.concerns)
    assert len(VIEW.tables["quotes.csv"]) == 1 + len(ANALYSIS.segments)
    assert len(VIEW.tables["entities.csv"]) == 1 + sum(len(entity.mentions) for entity in ANALYSIS.entities)
    for table in VIEW.tables.values():
        assert {len(row) for row in table} == {len(table[0])}


def test_a_card_of_many_groups_shows_its_best_few_quotes_and_folds_the_rest() -> None:
    analysis, corpus = annotated({f"{n} Table {n}": f"* the tap in row {n} drips ‖ concern=taps" for n in range(9)})
    [taps] = analysis.concerns
    many = replace(analysis, concerns=(replace(taps, exemplar_ids=tuple(reversed(taps.segment_ids))),))
    [card] = build(many, corpus.pads).recurring
    assert [quote.text for quote in card.exemplars] == [f"the tap in row {n} drips" for n in (8, 7, 6, 5)]
    assert [quote.text for quote in card.others] == [f"the tap in row {n} drips" for n in range(5)]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    (
        ("2018-04-27", "2018-04-27", "27 April 2018"),
        ("2018-06-01", "2018-06-30", "June 2018"),
        ("2018-07-01", "2018-09-30", "July–September 2018"),
        ("2030-01-01", "2030-12-31", "2030"),
        ("2018-06-11", "2018-06-20", "by 20 June 2018"),
        ("2018-12-01", "2019-02-28", "by 28 February 2019"),
        ("2018-06-01", "2018-06-29", "by 29 June 2018"),
    ),
)
def test_a_deadline_is_told_as_exactly_as_it_was_written(first: str, last: str, said: str) -> None:
    assert deadline(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == said
