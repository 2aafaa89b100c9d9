"""The report on an invented event (tests/cases/report/allotments) before it is laid out, and on a few others."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import Corpus, PadId, TextRemark, TextRemarkKind
from pipeline.analysis_records import Account, Analysis, MissingVoice, VoiceGap
from pipeline.report.line_views import largest_remainder
from pipeline.report.quote_sources import Sources, find_sources
from pipeline.report.report_records import ConcernView
from pipeline.report.report_view import build, decisions, next_steps, questions
from pipeline.segment_records import Label, SegmentId, Spelling, SpellingReason
from pipeline.settings import Settings
from pipeline.translation import translation
from tests.support.analysis import analysis_of
from tests.support.annotated import ALLOTMENTS, read
from tests.support.annotated import build as annotated
from tests.support.builders import corpus as corpus_of
from tests.support.language_notes import Note, notes
from tests.support.reports import checked_report

ANALYSIS, CORPUS = read(ALLOTMENTS)
ENGLISH = translation()
VIEW = build(ANALYSIS, CORPUS, ENGLISH)


def recurring(label: str) -> ConcernView:
    return next(concern for concern in VIEW.recurring if concern.label == label)


def test_strength_is_counted_in_groups_that_wrote_something() -> None:
    assert VIEW.size == ("5 groups (2 wrote nothing)", "50 lines")
    assert [(concern.label, concern.strength) for concern in VIEW.recurring] == [
        ("who pays for repairs", "3 of 3 groups"),
        ("a rota would help", "2 of 3 groups"),
    ]


def test_the_matrix_says_for_every_group_how_many_of_its_quotes_there_are() -> None:
    pays = recurring("who pays for repairs")
    assert [(own.group.initials, own.count, own.weight, own.wrote) for own in pays.counts] == [
        ("Wa", 3, 2, True),
        ("So", 1, 1, True),
        ("CG", 1, 1, True),
        ("Be", 0, 0, False),
        ("Pa", 0, 0, False),
    ]


def test_a_concern_says_who_raised_it_and_shows_each_quote_once_as_exemplar_or_other() -> None:
    pays = recurring("who pays for repairs")
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
    assert [(own.group.name, len(own.items)) for own in pays.by_group] == [
        ("Water", 3),
        ("Soil", 1),
        ("Children & gate", 1),
    ]


def test_a_quote_has_the_quote_it_is_similar_to_and_the_words_in_both() -> None:
    pays = recurring("who pays for repairs")
    reasons = {quote.text: pays.reasons[quote.at] for quote in (*pays.exemplars, *pays.others)}
    lock = reasons["who pays for the new lock?"]
    assert (lock.similar_to.group.name, lock.similar_to.line, lock.shared_words) == ("Water", 6, "pays")
    pocket = reasons["last time it was Joe, out of his own pocket"]
    assert (pocket.similar_to.group.name, pocket.shared_words, pocket.suggested) == ("Soil", "", False)


def test_quotes_that_were_added_automatically_are_counted_and_marked() -> None:
    pays, *others = ANALYSIS.concerns
    suggested = replace(pays, suggested_ids=pays.segment_ids[:2])
    [concern, *_] = build(replace(ANALYSIS, concerns=(suggested, *others)), CORPUS, ENGLISH).recurring
    [remark] = concern.remarks
    assert remark.startswith("2 quotes were added automatically because they are similar")
    assert sum(reason.suggested for reason in concern.reasons.values()) == 2


def test_concerns_of_one_group_stand_under_that_group() -> None:
    assert [(own.group.name, [concern.label for concern in own.items]) for own in VIEW.one_group] == [
        ("Soil", ["wheelbarrows"])
    ]


def test_quotes_in_another_language_say_so() -> None:
    [own] = VIEW.one_group
    assert [quote.language for quote in own.items[0].by_group[0].items] == ["de", None]


def test_open_questions_are_those_with_nothing_under_them() -> None:
    assert [(own.group.name, [quote.text for quote in own.items]) for own in VIEW.open_questions] == [
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


def sources(*lines: str) -> Sources:
    analysis, corpus = annotated({"1 Water": "\n".join(lines)})
    return find_sources(analysis, corpus.pads, translation(), None)


def test_answers_are_the_notes_below_a_question_at_any_depth() -> None:
    [question] = questions(
        sources("* who pays? ‖ question", "\t* the fund", "\t\t* it is empty", "\t* or the council", "* tap")
    )
    assert [(answer.quote.text, answer.depth) for answer in question.answers] == [
        ("the fund", 1),
        ("it is empty", 2),
        ("or the council", 1),
    ]


def test_a_question_with_nothing_below_it_has_no_answers() -> None:
    [question] = questions(sources("* who pays? ‖ question", "* tap"))
    assert question.answers == ()


def test_a_question_below_a_question_is_separate_and_keeps_its_answers() -> None:
    outer, inner = questions(sources("* who pays? ‖ question", "\t* who else? ‖ question", "\t\t* nobody"))
    assert outer.answers == ()
    assert [answer.quote.text for answer in inner.answers] == ["nobody"]


ASKED_TWICE = {
    "1 Water": "* tap\n* so who pays for the lock? ‖ question",
    "2 Soil": "* who pays for the lock? ‖ question\n\t* the council\n* bees",
    "3 Bees": "* who will pay for the lock ‖ question\n* how many bees? ‖ question",
}


def asked_twice(*same: str) -> tuple[Analysis, Corpus]:
    """Return the analysis and the corpus of `ASKED_TWICE`, with the quotes `same` as one question."""
    analysis, corpus = annotated(ASKED_TWICE)
    return replace(analysis, same_questions=(tuple(map(SegmentId, same)),)), corpus


def test_a_question_of_several_groups_is_one_entry_with_all_wordings_and_answers() -> None:
    analysis, corpus = asked_twice("soil-1", "water-2", "bees-1")
    view = build(analysis, corpus, ENGLISH)
    [asked] = view.answered_questions
    assert asked.quote.text == "who pays for the lock?"
    assert [answer.quote.text for answer in asked.answers] == ["the council"]
    assert [(other.quote.group.name, other.quote.text) for other in asked.others] == [
        ("Water", "so who pays for the lock?"),
        ("Bees", "who will pay for the lock"),
    ]
    assert (asked.askers, asked.without_answer) == ("Soil, Water and Bees", "Water and Bees")
    assert [quote.text for own in view.open_questions for quote in own.items] == ["how many bees?"]
    assert view.repeated_questions == ()


def test_a_question_that_no_wording_of_has_an_answer_is_open_and_counted_once() -> None:
    analysis, corpus = asked_twice("bees-1", "water-2")
    view = build(analysis, corpus, ENGLISH)
    [repeated] = view.repeated_questions
    assert (repeated.quote.text, repeated.askers, repeated.without_answer) == (
        "who will pay for the lock",
        "Bees and Water",
        "",
    )
    assert [figure.number for figure in view.figures if figure.anchor == "questions"] == ["2"]


@pytest.mark.parametrize("same", (("soil-1", "water-2", "bees-1"), ("bees-1", "water-2")))
def test_every_format_shows_all_wordings_of_a_question(same: tuple[str, ...]) -> None:
    analysis, corpus = asked_twice(*same)
    report = checked_report(analysis, corpus)
    for name in ("report.html", "report.md", "report.wiki"):
        questions_part = report[name].partition("Open questions")[2].partition("Next steps")[0]
        assert questions_part.count("pay for the lock") + questions_part.count("pays for the lock") == 3
        assert "also in these lines" in questions_part
        assert ("No answer in the notes of" in questions_part) == (same[0] == "soil-1")
    assert report["quotes.csv"].count(f",{same[0]}\r\n") == len(same)


def test_next_steps_are_sorted_by_date_with_the_undated_last_in_reading_order() -> None:
    steps = next_steps(
        sources(
            "* ask ‖ action",
            "* dig ‖ action date=2026-06-01",
            "* water ‖ action date=2026-05-01",
            "* plant ‖ action",
            "* weed ‖ action date=2026-06-01",
        )
    )
    assert [step.quote.text for step in steps] == ["water", "dig", "weed", "ask", "plant"]


def test_what_was_set_aside_is_no_decision_and_no_question() -> None:
    found = sources("* off ‖ decision", "* off ‖ decision duplicate", "* why? ‖ question boilerplate")
    [own] = decisions(found)
    assert [quote.line for quote in own.items] == [1]
    assert questions(found) == ()


def test_what_is_left_over_is_what_stands_nowhere_else() -> None:
    assert [(own.group.name, [quote.line for quote in own.items]) for own in VIEW.other_notes] == [
        ("Water", [5, 10]),
        ("Soil", [11]),
        ("Children & gate", [4]),
    ]


def test_every_line_of_every_pad_is_there_in_order_to_the_character() -> None:
    for own, pad in zip(VIEW.by_group, CORPUS.pads, strict=True):
        lines = own.pads[0].lines
        assert "\n".join("".join(part.text for part in line.parts) for line in lines) == pad.text
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(
    ("group", "line", "notes"),
    (
        ("Water", 1, ["Heading"]),
        ("Water", 2, ["Set aside: boilerplate"]),
        ("Water", 3, ["Empty"]),
        ("Water", 4, ["Prompt of the shared template"]),
        ("Water", 5, ["In no concern", "Speaks of Children & gate"]),
        ("Water", 6, ["→ who pays for repairs"]),
        ("Water", 8, ["Question"]),
        ("Water", 13, ["Next step"]),
        ("Water", 14, ["→ who pays for repairs", "Next step"]),
        ("Water", 17, ["Decision"]),
        ("Water", 9, ["May answer a question"]),
        ("Soil", 5, ["→ who pays for repairs", "Open question", "Speaks of Children & gate"]),
        ("Soil", 6, ["→ wheelbarrows"]),
        ("Soil", 8, ["Set aside: repeats an earlier line"]),
    ),
)
def test_a_line_says_in_words_what_became_of_it(group: str, line: int, notes: list[str]) -> None:
    own = next(own for own in VIEW.by_group if own.group.name == group)
    view = own.pads[0].lines[line - 1]
    assert [*(f"→ {concern.label}" for concern in view.concerns), *view.notes] == notes


def test_a_line_is_cut_where_its_language_changes() -> None:
    soil = VIEW.by_group[1].pads[0]
    assert [(part.text, part.language) for part in soil.lines[5].parts] == [
        ("* ", None),
        ("wir brauchen eine zweite Schubkarre", "de"),
    ]


@pytest.mark.parametrize(
    ("group", "line", "facets"),
    (
        ("Water", 1, {"k": "", "l": ""}),  # a heading
        ("Water", 2, {"k": "aside"}),  # boilerplate
        ("Water", 3, {}),  # empty
        ("Water", 4, {"k": "aside"}),  # a prompt
        ("Water", 5, {}),
        ("Water", 8, {"k": "question"}),
        ("Soil", 6, {"l": "de"}),
    ),
)
def test_a_line_says_what_it_is_searched_by_unless_it_is_a_statement_in_the_language_of_the_report(
    group: str, line: int, facets: dict[str, str]
) -> None:
    own = next(own for own in VIEW.by_group if own.group.name == group)
    assert dict(own.pads[0].lines[line - 1].facets) == facets


def test_what_all_lines_have_in_common_is_nothing_to_search_by() -> None:
    assert VIEW.search.prompts == ()
    assert [kind for kind, _ in VIEW.search.kinds] == ["question", "action", "decision", "statement", "aside"]
    assert VIEW.search.languages == (("en", "English"), ("de", "German"))
    analysis, corpus = annotated({"1 Water": "* the pump breaks", "2 Soil": "* the gate ‖ lang=und"})
    search = build(analysis, corpus, translation()).search
    assert search.kinds == (("statement", "Other note"),)
    assert search.languages == ()


def test_nesting_is_kept() -> None:
    gate = VIEW.by_group[2].pads[0]
    assert [line.level for line in gate.lines[5:8]] == [1, 2, 3]


def test_an_empty_pad_and_one_that_holds_only_the_template_have_a_remark() -> None:
    remarks = {own.group.name: own.pads[0].remark for own in VIEW.by_group}
    assert remarks == {
        "Water": None,
        "Soil": None,
        "Children & gate": None,
        "Bees": "This pad held the template only; the group wrote nothing in it.",
        "Paths": "This pad was empty.",
    }


def test_a_groups_summary_adds_up_what_it_wrote() -> None:
    assert VIEW.by_group[0].summary == (
        "17 lines: 3 in concerns of several groups, 1 other question, 1 other next step and 4 in no concern."
    )


def test_names_are_listed_by_kind_with_the_lines_they_stand_in() -> None:
    assert [names.title for names in VIEW.names] == [
        *("People", "Organisations", "Places", "Events", "Products and tools", "Dates")
    ]
    people = VIEW.names[0].names
    assert [entry.name for entry in people] == ["Ana", "Ana Lund", "Joe"]
    assert [(own.group.name, [quote.line for quote in own.items]) for own in people[2].mentions] == [
        ("Water", [7]),
        ("Soil", [14]),
    ]


def test_other_spellings_of_a_name_are_given() -> None:
    analysis, corpus = annotated({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund\n* ask ana ‖ PERSON=ana"})
    full, short = analysis.entities
    also = (Spelling(written="ana", like="Ana Lund", why=SpellingReason.SHORTENED),)
    merged = replace(analysis, entities=(replace(full, mentions=full.mentions + short.mentions, also=also),))
    [entry] = build(merged, corpus, ENGLISH).names[0].names
    assert (entry.name, entry.variants) == ("Ana Lund", "ana")
    assert [(spelling.written, spelling.like, spelling.why) for spelling in entry.spellings] == [
        ("ana", "Ana Lund", "one is short for the other and for no other full name here")
    ]


def test_capitals_alone_are_not_explained() -> None:
    analysis, corpus = annotated({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund"})
    [entity] = analysis.entities
    loud = replace(entity, also=(Spelling(written="ANA LUND", like="Ana Lund", why=SpellingReason.CASE),))
    [entry] = build(replace(analysis, entities=(loud,)), corpus, ENGLISH).names[0].names
    assert entry.spellings == ()


def test_the_ledger_counts_each_line_once_and_adds_up_to_100_percent() -> None:
    assert [(account.account, account.lines, account.share) for account in VIEW.ledger.accounts] == [
        ("concern", "8", "16.0%"),
        ("one_group", "2", "4.0%"),
        ("question", "1", "2.0%"),
        ("next_step", "2", "4.0%"),
        ("unclustered", "8", "16.0%"),
        ("duplicate", "1", "2.0%"),
        ("prompt", "12", "24.0%"),
        ("heading", "3", "6.0%"),
        ("boilerplate", "1", "2.0%"),
        ("empty", "12", "24.0%"),
    ]
    assert (VIEW.ledger.total, VIEW.ledger.share) == ("50", "100.0%")
    for own in VIEW.by_group:
        assert sum(own.line_counts) == own.line_total


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=len(Account)))
def test_shares_add_up_to_100_percent_and_each_is_within_a_tenth(counts: list[int]) -> None:
    shares = largest_remainder(counts)
    total = sum(counts)
    assert sum(shares) == (1000 if total else 0)
    for number, share in zip(counts, shares, strict=True):
        assert not total or abs(share - 1000 * number / total) < 1


def test_figures_at_a_glance_count_what_the_parts_hold() -> None:
    assert [(figure.number, figure.caption) for figure in VIEW.figures] == [
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


def test_a_concern_of_many_groups_shows_its_best_few_quotes_and_folds_the_rest() -> None:
    analysis, corpus = annotated({f"{n} Table {n}": f"* the tap in row {n} drips ‖ concern=taps" for n in range(9)})
    [taps] = analysis.concerns
    many = replace(analysis, concerns=(replace(taps, exemplar_ids=tuple(reversed(taps.segment_ids))),))
    [concern] = build(many, corpus, ENGLISH).recurring
    assert [quote.text for quote in concern.exemplars] == [f"the tap in row {n} drips" for n in (8, 7, 6, 5)]
    assert [quote.text for quote in concern.others] == [f"the tap in row {n} drips" for n in range(5)]


@pytest.mark.parametrize("language", ("en", "es"))
def test_every_kind_of_name_reason_account_and_gap_has_its_words(language: str) -> None:
    analysis, corpus = annotated({"1 Water": "* ask Ana ‖ PERSON=Ana"})
    [entity] = analysis.entities
    also = tuple(Spelling(written=f"Ana {why}", like="Ana", why=why) for why in SpellingReason)
    entities = [replace(entity, label=label, also=also) for label in Label]
    gaps = tuple(MissingVoice(why=why, pad="pad 7", group="Weeds", languages=("fr",)) for why in VoiceGap)
    remarks = tuple(TextRemark(kind=kind, count=3, encoding="cp1252") for kind in TextRemarkKind)
    pads = tuple(replace(pad, text_remarks=remarks) for pad in analysis.pads)
    analysis = replace(analysis, pads=pads, entities=tuple(entities), missing_voices=gaps)
    view = build(analysis, corpus, translation(language))
    assert len({names.title for names in view.names}) == len(Label)
    assert all(spelling.why for names in view.names for spelling in names.names[0].spellings)
    assert all("Weeds (pad 7, " in sentence for sentence in view.missing_voices)
    assert len(set(view.missing_voices)) == len(VoiceGap)
    assert all(": Water (3, cp1252)." in sentence for sentence in view.text_remarks)
    assert len(set(view.text_remarks)) == len(TextRemarkKind)


def test_a_voice_that_is_missing_is_named_by_its_group_and_all_pads_together() -> None:
    pads = {"1 Water": "* the tap drips", "2 Soil": "* the bins are full"}
    analysis, corpus = annotated(pads)
    gaps = [
        MissingVoice(why=VoiceGap.OTHER_LANGUAGE, pad=info.pad_id, group=info.group, languages=("de", "fr"))
        for info in analysis.pads
    ]
    some, every = (
        build(replace(analysis, missing_voices=tuple(found)), corpus, ENGLISH).missing_voices
        for found in (gaps[:1], gaps)
    )
    assert "fewer next steps and decisions" in some[0]
    assert some[0].endswith("and when: Water (German and French).")
    assert every[0].endswith("and when: all pads.")


def test_a_date_in_the_index_has_the_days_that_it_stands_for() -> None:
    analysis, corpus = annotated({"1 Water": "* shut next week, not on 3 May 2026 ‖ DATE=next_week DATE=3_May_2026"})
    days = (dt.date(2026, 5, 4), dt.date(2026, 5, 10)), (dt.date(2026, 5, 3),) * 2
    entities = tuple(
        replace(entity, first_day=first, last_day=last)
        for entity, (first, last) in zip(analysis.entities, days, strict=True)
    )
    [dates] = build(replace(analysis, entities=entities), corpus, ENGLISH).names
    assert [(entry.name, entry.days) for entry in dates.names] == [("next week", "4–10 May 2026"), ("3 May 2026", None)]
    for name in ("report.md", "report.wiki"):
        assert "next week (4–10 May 2026): Water" in checked_report(replace(analysis, entities=entities), corpus)[name]


ENGLISH_NOTES, SPANISH_NOTES, FRENCH_NOTES = notes("en"), notes("es"), notes("fr")
NOW = "2026-05-04T12:00:00+00:00"


def pad(*written: Note) -> str:
    return "".join(f"* {note.text}\n" for note in written)


MIXED = {
    "Soil": pad(*ENGLISH_NOTES[:12]),
    "Agua": pad(*SPANISH_NOTES),
    "Gate": pad(*ENGLISH_NOTES[12:], *FRENCH_NOTES[:2]),
}


def wording_only(corpus: Corpus, encoder: str = "", language: str = "en") -> tuple[str, ...]:
    analysis = analysis_of(corpus, Settings(encoder=encoder))
    return build(analysis, corpus, translation(language)).wording_only


def test_pads_with_notes_that_were_compared_by_wording_only_are_listed_with_the_languages() -> None:
    assert wording_only(corpus_of(MIXED)) == ("Agua: 24 notes in Spanish", "Gate: 2 notes in French")
    assert wording_only(corpus_of(MIXED), language="es") == ("Agua: 24 notas en español", "Gate: 2 notas en francés")


def test_of_a_group_with_several_pads_the_pad_is_named() -> None:
    corpus = corpus_of(
        {"Soil": pad(*ENGLISH_NOTES), "Agua": pad(*SPANISH_NOTES[:12]), "Fuente": pad(*SPANISH_NOTES[12:])}
    )
    soil, agua, fuente = corpus.pads
    twice = replace(corpus, pads=(soil, agua, replace(fuente, group="Agua", pad_id=PadId("fuente"))))
    assert wording_only(twice) == ("Agua, agua: 12 notes in Spanish", "Agua, fuente: 12 notes in Spanish")


@pytest.mark.parametrize("texts", ({"Soil": MIXED["Soil"]}, {"Soil": MIXED["Soil"] + pad(FRENCH_NOTES[0])}, {}))
def test_an_english_event_has_no_such_pads_even_with_a_single_foreign_note(texts: Mapping[str, str]) -> None:
    assert wording_only(corpus_of(texts)) == ()


def test_a_custom_encoder_understands_every_language() -> None:
    assert wording_only(corpus_of(MIXED), encoder="a-multilingual-model") == ()


def test_every_format_lists_the_pads_that_were_compared_by_wording_only() -> None:
    corpus = corpus_of(MIXED)
    outputs = checked_report(analysis_of(corpus), corpus)
    for name in ("report.html", "report.md", "report.wiki"):
        assert "Gate: 2 notes in French" in outputs[name]
