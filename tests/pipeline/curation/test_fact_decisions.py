"""What the facilitator says of quotes themselves: kind, owner and due date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from fetch.corpus_records import Corpus, PadId
from pipeline.analysis_records import Account, Analysis, OrphanReason
from pipeline.analyze import analyze, redacted_corpus
from pipeline.anchors import Anchor, anchor_of, text_sha
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Curation,
    Decision,
    HideQuote,
    New,
    StateDue,
    StateKind,
    StateOwner,
)
from pipeline.curation.fact_decisions import words_in_quote
from pipeline.curation.redaction import redact_quote, redact_words
from pipeline.reading.reading_records import LineFacts, Reading, ReadLine
from pipeline.segment import segment
from pipeline.segment_records import REDACTED, Kind, LineRole, Precision, Segment
from pipeline.serialization import to_json
from tests.support.analysis import DEFAULTS, NOW, analysis_of, stages
from tests.support.builders import corpus
from tests.support.labelled_segments import bag
from tests.support.reports import checked_report

OLE = "We decided: olé, more cake"
REPORT = "the final report, sent in May by Zelda Quark"
STEP = "Ana to call the council by Friday"
PADS = {
    "Water": f"* {OLE}\n* the tap is shut all winter\n* {REPORT}\n* {STEP}\n",
    "Soil": "* the tap is shut in winter\n* worms are wonderful\n",
}
FRIDAY = dt.date(2026, 5, 8)


def event(pads: Mapping[str, str] = PADS) -> Corpus:
    """The event of 4 May 2026, a Monday."""
    found = corpus(pads)
    return replace(found, event=replace(found.event, date=dt.date(2026, 5, 4)))


def quote(text: str, pads: Mapping[str, str] = PADS) -> Anchor:
    segments = segment(corpus(pads).pads, ()).segments
    return anchor_of(next(one for one in segments if one.text == text), segments)


def decided(*decisions: Decision, pads: Mapping[str, str] = PADS) -> Analysis:
    """The analysis, whose ledger and report were checked."""
    curation = Curation(decisions=decisions)
    analysis = analysis_of(event(pads), curation=curation, embed=bag)
    checked_report(analysis, redacted_corpus(event(pads), curation))
    assert sum(analysis.ledger.counts.values()) == sum(text.count("\n") + 1 for text in pads.values())
    return analysis


def found(analysis: Analysis, text: str) -> Segment:
    return next(one for one in analysis.segments if one.text == text)


def facts(analysis: Analysis, text: str) -> tuple[Kind, str | None, str | None]:
    one = found(analysis, text)
    return one.kind, one.owner, one.due


def why(analysis: Analysis) -> list[OrphanReason]:
    return [orphan.why for orphan in analysis.curation.orphans]


def test_what_the_rules_find_without_decisions_is_what_the_cases_below_change() -> None:
    analysis = decided()
    assert facts(analysis, OLE)[0] is Kind.DECISION
    assert facts(analysis, REPORT) == (Kind.STATEMENT, None, None)
    assert facts(analysis, STEP) == (Kind.ACTION, "Ana", "by Friday")


@pytest.mark.parametrize("kind", Kind)
def test_a_quote_is_of_the_kind_that_the_facilitator_says(kind: Kind) -> None:
    assert facts(decided(StateKind(quote=quote(OLE), kind=kind)), OLE)[0] is kind


def test_a_missed_step_is_one_with_owner_and_days() -> None:
    step = quote(REPORT)
    analysis = decided(
        StateKind(quote=step, kind=Kind.ACTION),
        StateOwner(quote=step, owner="zelda  quark"),
        StateDue(quote=step, due="in May"),
    )
    assert facts(analysis, REPORT) == (Kind.ACTION, "Zelda Quark", "in May")
    one = found(analysis, REPORT)
    days = (dt.date(2026, 5, 1), dt.date(2026, 5, 31), Precision.MONTH)
    assert (one.due_from, one.due_date, one.due_precision) == days
    assert (analysis.curation.applied, analysis.curation.orphans) == (3, ())


@pytest.mark.parametrize(
    "decision", (StateOwner(quote=quote(REPORT), owner="Zelda Quark"), StateDue(quote=quote(REPORT), due="in May"))
)
def test_whoever_names_an_owner_or_a_date_and_no_kind_means_a_next_step(decision: Decision) -> None:
    assert facts(decided(decision), REPORT)[0] is Kind.ACTION
    note = StateKind(quote=quote(REPORT), kind=Kind.STATEMENT)
    assert facts(decided(note, decision), REPORT)[0] is Kind.STATEMENT


def test_an_empty_owner_is_nobody_and_an_empty_date_is_none() -> None:
    analysis = decided(StateOwner(quote=quote(STEP), owner=""), StateDue(quote=quote(STEP), due=""))
    assert facts(analysis, STEP) == (Kind.ACTION, None, None)
    assert found(analysis, STEP).due_date is None


def test_a_fact_that_nothing_is_said_of_stays_as_it_was_found() -> None:
    analysis = decided(StateOwner(quote=quote(STEP), owner="the council"))
    assert facts(analysis, STEP) == (Kind.ACTION, "the council", "by Friday")
    assert found(analysis, STEP).due_date == FRIDAY


def test_what_is_no_step_has_no_owner_and_no_date_that_the_program_found() -> None:
    analysis = decided(StateKind(quote=quote(STEP), kind=Kind.DECISION))
    assert facts(analysis, STEP) == (Kind.DECISION, None, None)
    assert found(analysis, STEP).due_date is None


def test_of_two_decisions_about_the_same_fact_the_later_counts() -> None:
    step = quote(STEP)
    kinds = [StateKind(quote=step, kind=kind) for kind in (Kind.QUESTION, Kind.DECISION)]
    assert facts(decided(*kinds), STEP)[0] is Kind.DECISION
    assert facts(decided(*reversed(kinds)), STEP)[0] is Kind.QUESTION


@pytest.mark.parametrize(
    "decision",
    (
        StateOwner(quote=quote(STEP), owner="Ben"),
        StateOwner(quote=quote(STEP), owner="An"),
        StateDue(quote=quote(STEP), due="by Sunday"),
    ),
)
def test_words_that_are_not_in_the_quote_make_an_orphan_and_change_nothing(decision: Decision) -> None:
    analysis = decided(decision)
    (orphan,) = analysis.curation.orphans
    assert (orphan.why, orphan.near) == (OrphanReason.NOT_IN_QUOTE, (found(analysis, STEP).id,))
    assert analysis.curation.applied == 0
    assert facts(analysis, STEP) == (Kind.ACTION, "Ana", "by Friday")


def test_an_edited_quote_keeps_what_was_said_of_it_as_long_as_it_has_the_words() -> None:
    edited = {**PADS, "Water": PADS["Water"].replace("by Friday", "by Sunday, really")}
    analysis = decided(
        StateKind(quote=quote(STEP), kind=Kind.ACTION),
        StateOwner(quote=quote(STEP), owner="the council"),
        StateDue(quote=quote(STEP), due="by Friday"),
        pads=edited,
    )
    assert why(analysis) == [OrphanReason.NOT_IN_QUOTE]
    assert {followed.decision.number for followed in analysis.curation.followed} == {1, 2, 3}
    assert found(analysis, STEP.replace("by Friday", "by Sunday, really")).owner == "the council"


def test_a_quote_that_is_gone_makes_an_orphan_that_repeats_none_of_its_words() -> None:
    gone = {**PADS, "Water": "* the tap is shut all winter\n"}
    analysis = decided(StateOwner(quote=quote(REPORT), owner="Zelda Quark"), pads=gone)
    assert why(analysis) == [OrphanReason.QUOTE_GONE]
    assert "Zelda" not in to_json(analysis).decode()


def test_changing_the_kind_moves_no_quote_to_another_concern() -> None:
    taps = [quote(text) for text in ("the tap is shut all winter", "the tap is shut in winter")]
    named = New(name="Taps", quotes=tuple(taps))
    before = decided(named)
    after = decided(named, *(StateKind(quote=tap, kind=Kind.OTHER) for tap in taps))
    assert [one.segment_ids for one in after.concerns] == [one.segment_ids for one in before.concerns]


def test_the_ledger_counts_a_line_under_what_it_is_said_to_be() -> None:
    lone = quote("worms are wonderful")
    for kind, entry in (
        (Kind.QUESTION, Account.QUESTION),
        (Kind.ACTION, Account.NEXT_STEP),
        (Kind.OTHER, Account.UNCLUSTERED),
    ):
        assert decided(StateKind(quote=lone, kind=kind)).ledger.lines[PadId("soil")][1] is entry


def test_the_facilitators_facts_stand_in_place_of_a_models() -> None:
    segments = segment(corpus(PADS).pads, ()).segments
    said = {
        REPORT: LineFacts(kind=Kind.OTHER),
        STEP: LineFacts(kind=Kind.ACTION, owner="the council", due="Friday"),
    }
    lines = [
        ReadLine(pad=one.pad_id, line=one.line, sha=text_sha(one.text), facts=said.get(one.text)) for one in segments
    ]
    decisions = (StateKind(quote=quote(REPORT), kind=Kind.ACTION), StateOwner(quote=quote(STEP), owner="Ana"))
    analysis = analyze(
        event(),
        DEFAULTS,
        stages(embed=bag),
        now=NOW,
        log=lambda _: None,
        curation=Curation(decisions=decisions),
        reading=Reading(schema=1, lines=tuple(lines)),
    )
    assert facts(analysis, REPORT) == (Kind.ACTION, None, None)
    assert facts(analysis, STEP) == (Kind.ACTION, "Ana", "Friday")
    assert found(analysis, STEP).due_date == FRIDAY


REPEATED = {"Water": "* the tap is shut\n* call the council about the tap\n* call the council about the tap\n"}


def test_a_fact_brings_back_a_line_that_was_set_aside_unless_it_says_nothing() -> None:
    segments = segment(corpus(REPEATED).pads, ()).segments
    assert segments[2].role is LineRole.DUPLICATE
    again = anchor_of(segments[2], segments)
    step = decided(StateKind(quote=again, kind=Kind.ACTION), pads=REPEATED)
    assert (step.segments[2].role, step.segments[2].kind) == (LineRole.CONTENT, Kind.ACTION)
    assert step.ledger.lines[PadId("water")][2] is Account.NEXT_STEP
    nothing = decided(StateKind(quote=again, kind=Kind.OTHER), pads=REPEATED)
    assert nothing.ledger.lines[PadId("water")][2] is Account.DUPLICATE


def test_a_hidden_quote_keeps_nothing_of_what_was_said_of_it() -> None:
    step = quote(STEP)
    for decisions in (
        (StateOwner(quote=step, owner="council"), HideQuote(quote=step)),
        (HideQuote(quote=step), StateOwner(quote=step, owner="council")),
    ):
        analysis = decided(*decisions)
        assert facts(analysis, STEP) == (Kind.OTHER, None, None)
        assert found(analysis, STEP).role is LineRole.HIDDEN


@pytest.mark.parametrize(
    ("owner", "left", "reasons"),
    (
        ("Zelda Quark", REDACTED, []),
        ("Quark", None, [OrphanReason.NOT_IN_QUOTE]),
        ("by Zelda Quark", f"by {REDACTED}", []),
        ("by Zelda", None, [OrphanReason.NOT_IN_QUOTE]),
    ),
)
def test_redacted_words_are_no_owner_in_any_output(owner: str, left: str | None, reasons: list[OrphanReason]) -> None:
    made = (StateOwner(quote=quote(REPORT), owner=owner), redact_words("Zelda Quark"))
    analysis = decided(*made)
    assert (next(one for one in analysis.segments if "final report" in one.text).owner, why(analysis)) == (
        left,
        reasons,
    )
    curation = Curation(decisions=made)
    files = {**checked_report(analysis, redacted_corpus(event(), curation)), "json": to_json(analysis).decode()}
    for name, text in files.items():
        assert "zelda" not in text.casefold(), name
        assert "quark" not in text.casefold(), name


def test_nothing_is_said_of_a_redacted_quote() -> None:
    segments = segment(corpus(PADS).pads, ()).segments
    secret = next(one for one in segments if one.text == REPORT)
    step = anchor_of(secret, segments)
    analysis = decided(StateKind(quote=step, kind=Kind.ACTION), redact_quote(secret, segments))
    assert [(one.kind, one.owner) for one in analysis.segments if one.role is LineRole.REDACTED] == [(Kind.OTHER, None)]


def test_what_says_nothing_is_not_put_in_a_concern_for_its_likeness() -> None:
    tap, other = quote("the tap is shut all winter"), quote("the tap is shut in winter")
    named = New(name="Taps", quotes=(tap,))
    apart = Belongs(quote=quote("worms are wonderful"), concern=ConcernRef(name="Worms"))
    (taps,) = (one for one in decided(named, New(name="Worms"), apart).concerns if one.label == "Taps")
    assert len(taps.suggested_ids) == 1
    said = StateKind(quote=other, kind=Kind.OTHER)
    (taps,) = (one for one in decided(named, New(name="Worms"), apart, said).concerns if one.label == "Taps")
    assert taps.suggested_ids == ()


@pytest.mark.parametrize(
    ("words", "text", "there"),
    (
        ("Ana", "ANA and Ben", "ANA"),
        ("Ana", "banana", None),
        ("Ana and Ben", "Ana\n  and Ben", "Ana\n  and Ben"),
        ("(Ana)", "call (Ana)", "(Ana)"),
        ("@ana", "ask @ana today", "@ana"),
        ("払う", "誰が払うのか", "払う"),
        (" ", "Ana", None),
    ),
)
def test_words_are_found_whole_and_as_they_are_written(words: str, text: str, there: str | None) -> None:
    assert words_in_quote(words, text) == there
