"""What is claimed of a concern, and what a language model wrote of it, on an invented event that a model has read."""

from dataclasses import replace

import pytest

from pipeline.analysis_records import Analysis, Concern, ConcernId, Origin
from pipeline.report.concern_views import front_ids, strength
from pipeline.report.report_records import ConcernView
from pipeline.report.report_view import build
from pipeline.report.whole_pages import ReportView
from pipeline.segment_records import SegmentId
from pipeline.settings import CHAT_WINDOW
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, read
from tests.support.annotated import build as build_event
from tests.support.read_event import BARROWS, MODEL, PAYS, ROTA, cited, read_allotments

READ, CORPUS = read_allotments()
UNREAD, _ = read(ALLOTMENTS)
ENGLISH = translation()


def view_of(analysis: Analysis, language: str = "en") -> ReportView:
    return build(analysis, CORPUS, translation(language))


VIEW = view_of(READ)


def view(label: str, of: ReportView = VIEW) -> ConcernView:
    single = [concern for own in of.one_group for concern in own.items]
    return next(concern for concern in (*of.recurring, *of.echoes, *single) if concern.label == label)


def concern(name: str, groups: int = 2, clear: int = 2, **values: object) -> Concern:
    names = tuple("ABCDEFGH"[:groups])
    fields = {"recurring": groups > 1, **values}
    return Concern(
        id=ConcernId(name),
        label=name,
        terms=(),
        segment_ids=(),
        exemplar_ids=(),
        groups=names,
        agreeing_groups=names[:clear],
        **fields,  # type: ignore[arg-type] # the fields of a concern
    )


@pytest.mark.parametrize(("language", "words"), (("en", "5 of 8 groups"), ("es", "5 de 8 grupos")))
def test_strength_counts_groups_and_grades_nothing(language: str, words: str) -> None:
    assert strength(concern("tap", 5, 3), 8, translation(language)) == words


def test_the_front_is_what_was_chosen_or_somebody_read() -> None:
    chosen, named = concern("chosen", front=True), concern("named", origin=Origin.FACILITATOR)
    read, others = concern("read", origin=Origin.MODEL), [concern("other"), concern("single", groups=1, front=True)]
    assert front_ids([chosen, named, read, *others]) == {"chosen", "named", "read"}


def test_where_nothing_was_chosen_every_shared_concern_is_the_front() -> None:
    assert front_ids([concern("one"), concern("two"), concern("single", groups=1)]) == {"one", "two"}
    assert [one.label for one in view_of(UNREAD).recurring] == [PAYS, ROTA]
    assert view_of(UNREAD).echoes == ()


def test_the_rest_stands_apart_and_is_counted_in_words_that_claim_nothing() -> None:
    assert [one.label for one in VIEW.recurring] == [PAYS]
    assert [one.label for one in VIEW.echoes] == [ROTA]
    assert [(figure.number, figure.caption, figure.anchor) for figure in VIEW.figures[:2]] == [
        ("1", "concern of several groups", "recurring"),
        ("1", "more set of lines that echo each other", "echoes"),
    ]
    assert [one.label for one in VIEW.strongest] == [PAYS]


def test_the_ledger_claims_no_more_of_lines_that_echo_each_other() -> None:
    read, unread = VIEW.ledger.accounts[0], view_of(UNREAD).ledger.accounts[0]
    assert unread.title == "In a concern of several groups"
    assert read.title == "In a concern of several groups, or among lines that echo each other"
    assert read.lines == unread.lines
    assert "3 in concerns of several groups or like lines of other groups" in VIEW.by_group[0].summary
    assert "3 in concerns of several groups, " in view_of(UNREAD).by_group[0].summary


def test_at_a_glance_the_front_is_ordered_by_how_many_groups_raised_it_whatever_its_own_order() -> None:
    pays, rota, barrows = UNREAD.concerns
    turned = replace(UNREAD, concerns=(replace(rota, front=True), replace(pays, front=True), barrows))
    assert [one.label for one in view_of(turned).recurring] == [ROTA, PAYS]
    assert [one.label for one in view_of(turned).strongest] == [PAYS, ROTA]


def test_at_a_glance_a_concern_has_a_quote_that_does_not_only_introduce_others() -> None:
    notes = "* what the pump needs: ‖ concern=pump\n* the pump needs a roof ‖ concern=pump"
    analysis, corpus = build_event({"1 Water": notes, "2 Soil": "* a roof over the pump ‖ concern=pump"})
    lead, quote, *_ = (segment.id for segment in analysis.segments)
    for shown, expected in (((lead, quote), "the pump needs a roof"), ((lead,), "what the pump needs:")):
        concerns = (replace(analysis.concerns[0], exemplar_ids=shown),)
        [concern] = build(replace(analysis, concerns=concerns), corpus, translation()).strongest
        assert concern.best.text == expected


def test_a_line_names_the_concerns_it_is_in_the_front_first() -> None:
    pays, rota, barrows = READ.concerns
    everywhere = SegmentId("soil-6")
    in_all = [
        replace(one, segment_ids=(*one.segment_ids, everywhere), groups=tuple(dict.fromkeys((*one.groups, "Soil"))))
        for one in (barrows, rota, pays)
        if everywhere not in one.segment_ids
    ]
    lines = view_of(replace(READ, concerns=(barrows, *in_all))).by_group[1].pads[0].lines
    assert [one.label for one in lines[5].concerns] == [PAYS, ROTA, BARROWS]


def test_a_summary_is_marked_and_cites_quotes_by_their_places() -> None:
    summary = view(PAYS).summary
    assert summary
    assert summary.mark == "Summary by a language model"
    assert [(one.text, [(quote.group.name, quote.line) for quote in one.cited]) for one in summary.sentences] == [
        ("Nobody knows who pays when the pump breaks.", [("Water", 6), ("Water", 7)]),
        ("Two groups ask the same of hinges and locks.", [("Soil", 5), ("Children & gate", 6)]),
    ]
    assert view(ROTA).summary is None


def test_the_mark_of_the_events_summary_names_the_model() -> None:
    assert VIEW.summary
    assert VIEW.summary.mark == f"Summary by a language model ({MODEL}); each sentence cites its lines"


def test_at_a_glance_stands_the_sentence_that_speaks_for_most_groups() -> None:
    takeaway = view(PAYS).takeaway
    assert takeaway
    assert takeaway.mark == "Summary by a language model"
    assert [one.text for one in takeaway.sentences] == ["Two groups ask the same of hinges and locks."]
    assert view(ROTA).takeaway is None


def test_a_model_without_a_name_is_called_a_language_model() -> None:
    assert READ.reading
    view = view_of(replace(READ, reading=replace(READ.reading, model=CHAT_WINDOW, host=None)))
    assert view.summary
    assert view.summary.mark == "Summary by a language model; each sentence cites its lines"
    assert view.reading.startswith("A language model (in a chat window) read 20 notes on 4 May 2026")


def test_a_sentence_of_several_lines_is_printed_on_one() -> None:
    pays, *others = READ.concerns
    broken = replace(pays, summary=(cited("One\n# two\u2028three", "water-6"),))
    summary = view(PAYS, view_of(replace(READ, concerns=(broken, *others)))).summary
    assert summary
    assert summary.sentences[0].text == "One # two three"


def test_who_named_a_concern_is_said_of_a_model_and_of_the_facilitator() -> None:
    assert view(PAYS).remarks[0] == "Found and named by a language model."
    assert view(ROTA).remarks == ()
    pays, *others = READ.concerns
    kept = view(PAYS, view_of(replace(READ, concerns=(replace(pays, origin=Origin.FACILITATOR), *others))))
    assert kept.remarks[0] == "Named by the facilitator."
    assert kept.summary


def test_quotes_that_came_after_the_reading_are_counted_and_marked() -> None:
    pays = view(PAYS)
    assert pays.remarks[1] == "1 quote was written or changed after the reading and placed here by likeness."
    assert {quote.line: pays.marks.get(quote.at) for quote in pays.others}[14] == "placed by likeness after the reading"
    assert list(pays.marks) == [quote.at for quote in pays.others if quote.line == 14]


def test_a_quote_that_is_here_because_of_the_facilitators_is_not_called_placed_by_the_reading() -> None:
    pays, *others = READ.concerns
    suggested = replace(pays, suggested_ids=(SegmentId("water-14"),))
    assert set(view(PAYS, view_of(replace(READ, concerns=(suggested, *others)))).marks.values()) == {
        "added automatically"
    }
    confirmed = replace(pays, confirmed_ids=(SegmentId("water-14"),))
    shown = view(PAYS, view_of(replace(READ, concerns=(confirmed, *others))))
    assert shown.marks == {}
    assert f"1 of {len(pays.segment_ids)} quotes are confirmed by the facilitator." in shown.remarks


@pytest.mark.parametrize(
    ("language", "beginning", "end"),
    (
        (
            "en",
            "A language model (small-model:7b at localhost:11434) read 20 notes on 4 May 2026, with version 1 of",
            "2 notes were not read by it; what is said of those notes comes from the program’s own rules.",
        ),
        ("es", "Un modelo de lenguaje (small-model:7b en localhost:11434) leyó 20 notas", "propio programa."),
    ),
)
def test_the_report_says_what_was_read_where_and_when_and_what_was_not(language: str, beginning: str, end: str) -> None:
    told = view_of(READ, language).reading
    assert told.startswith(beginning)
    assert told.endswith(end)
    assert "make read EVENT=allotments" in told


def test_of_a_complete_reading_nothing_is_said_to_be_missing() -> None:
    assert READ.reading
    complete = replace(READ.reading, unread=0, placed_ids=())
    assert view_of(replace(READ, reading=complete)).reading.endswith("what the program’s own rules find.")
    assert view_of(UNREAD).reading == ""


def test_a_question_that_a_line_elsewhere_answers_is_not_open() -> None:
    assert [(own.group.name, [quote.line for quote in own.items]) for own in VIEW.open_questions] == [
        ("Children & gate", [5])
    ]
    hinges = next(one for one in VIEW.answered_questions if one.quote.line == 5)
    [answer] = hinges.answers
    assert (answer.quote.text, answer.depth, answer.by_other) == ('the fund ("Gate & Fence") might', 1, True)


@pytest.mark.parametrize("answer", ("soil-8", "soil-5", "gone"))
def test_what_is_not_shown_or_is_the_question_itself_answers_nothing(answer: str) -> None:
    segments = tuple(replace(one, answer=SegmentId(answer)) if one.id == "soil-5" else one for one in UNREAD.segments)
    assert [own.group.name for own in view_of(replace(UNREAD, segments=segments)).open_questions] == [
        "Soil",
        "Children & gate",
    ]


def test_a_note_below_a_question_that_answers_it_is_listed_once() -> None:
    segments = tuple(
        replace(one, answer=SegmentId("water-9")) if one.id == "water-8" else one for one in UNREAD.segments
    )
    plumber = view_of(replace(UNREAD, segments=segments)).answered_questions[0]
    assert [answer.quote.line for answer in plumber.answers] == [9]
