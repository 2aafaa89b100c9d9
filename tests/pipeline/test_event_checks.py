"""Which dates disagree with an event's, which voices are missing, and what the run says about both."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from fetch.corpus_records import Corpus, PadRef, Problem, ProblemKind
from pipeline.analysis_records import DateConflict, DateSource, VoiceGap
from pipeline.analyze import analyze
from pipeline.event_checks import date_conflicts
from pipeline.settings import Settings
from tests.support.analysis import NOW, analysis_of, stages
from tests.support.builders import corpus, pad
from tests.support.language_notes import notes

EVENT = dt.date(2018, 4, 22)
TEMPLATE = "What is the issue?\n\nWho should be involved?\n\n"


def dated(texts: Mapping[str, str], date: dt.date | None) -> Corpus:
    one = corpus(texts)
    return replace(one, event=replace(one.event, date=date))


def log_of(one: Corpus) -> list[str]:
    log: list[str] = []
    analyze(one, Settings(), stages(), now=NOW, log=log.append)
    return [line for line in log if line.startswith("date: ")]


def gaps(one: Corpus, settings: Settings | None = None) -> list[tuple[VoiceGap, str | None, str]]:
    return [(gap.why, gap.group, gap.pad) for gap in analysis_of(one, settings or Settings()).missing_voices]


@pytest.mark.parametrize(
    "text",
    (
        "the gate was painted on 2018-03-22",
        "the gate was painted in March 2018 and again in 2009",
        "the gate will be painted on 23 May 2018; the fence fell on 3 May 2015",
        "the gate will be painted on 31 December 2018, and the fence by March 2019",
        "the gate was painted in 2015",
        "the gate will be painted in 2026 or 2027",
        "the gate was painted on 3 May, and again on 12/6",
        "the gate will be painted tomorrow",
    ),
)
def test_notes_that_may_be_of_the_events_day_do_not_disagree_with_it(text: str) -> None:
    assert analysis_of(dated({"Gate": f"* {text}\n"}, EVENT)).event.date_conflicts == ()
    assert log_of(dated({"Gate": f"* {text}\n"}, EVENT)) == []


def test_dates_in_the_pads_that_are_all_far_from_the_events_disagree_with_it() -> None:
    texts = {"Gate": "Notes of 3 May 2015\n\n* paint it by 2015-06-12\n", "Soil": "* bins by end of May 2015\n"}
    one = dated(texts, dt.date(2026, 11, 25))
    assert analysis_of(one).event.date_conflicts == (
        DateConflict(source=DateSource.WRITTEN, count=3, known=3, first=dt.date(2015, 5, 3), last=dt.date(2015, 6, 12)),
    )
    [line] = log_of(one)
    assert line == (
        "date: event.toml says 2026-11-25, but the dates with a year in the pads are from 2015-05-03 to 2015-06-12: "
        "is it right?"
    )


def test_dates_in_the_pads_that_are_all_years_later_disagree_with_it() -> None:
    [conflict] = analysis_of(dated({"Gate": "* paint it by 2026-06-12\n"}, EVENT)).event.date_conflicts
    assert (conflict.source, conflict.first) == (DateSource.WRITTEN, dt.date(2026, 6, 12))


@pytest.mark.parametrize(
    ("edits", "conflict"),
    (
        (("2018-04-20T10:00:00+00:00", "2024-01-01T10:00:00+00:00"), None),
        (("2018-05-23", None, "not a time"), None),
        ((None,), None),
        (("2018-05-24T10:00:00.123+00:00",), (1, 1, "2018-05-24", "2018-05-24")),
        (("2015-05-03", "2015-06-12", "2018-04-20", None), (2, 3, "2015-05-03", "2015-06-12")),
    ),
)
def test_last_edits_disagree_if_most_of_those_known_are_far_away(
    edits: tuple[str | None, ...], conflict: tuple[int, int, str, str] | None
) -> None:
    pads = [replace(pad(f"Group {number}", ""), edited_at=edit) for number, edit in enumerate(edits)]
    found = date_conflicts(EVENT, (), pads)
    assert [(one.count, one.known, str(one.first), str(one.last)) for one in found] == ([conflict] if conflict else [])
    assert {one.source for one in found} <= {DateSource.EDITED}
    assert date_conflicts(None, (), pads) == ()


def test_the_run_names_the_edits_that_disagree() -> None:
    one = dated({"Gate": "* paint it\n"}, EVENT)
    edited = replace(one, pads=(replace(one.pads[0], edited_at="2015-05-03T10:00:00+00:00"),))
    [line] = log_of(edited)
    assert line == (
        "date: event.toml says 2018-04-22, but the last edits of 1 of 1 pad are from 2015-05-03 to 2015-05-03: "
        "is it right?"
    )


def test_the_run_says_that_the_event_has_no_date_and_guesses_none() -> None:
    one = dated({"Gate": "* Ana to paint it by Friday\n* Joe to oil it by 2018-05-02\n"}, None)
    [line] = log_of(one)
    assert line.startswith("date: event.toml gives none")
    analysis = analysis_of(one)
    assert analysis.event.date is None
    assert [segment.due_date for segment in analysis.segments] == [None, dt.date(2018, 5, 2)]


def test_pads_that_are_missing_empty_or_hold_the_template_only_are_missing_voices() -> None:
    written = {group: f"{TEMPLATE}* {group} has a leaking roof\n" for group in ("Gate", "Soil")}
    one = corpus({**written, "Bees": TEMPLATE, "Paths": " \n"})
    lost = Problem(kind=ProblemKind.NOT_FETCHED, name="pad pond", group="Pond", sentence="")
    kept_back = Problem(kind=ProblemKind.WITHHELD, name="pad moss", group="Moss", sentence="")
    assert gaps(replace(one, problems=(lost,), withheld=(kept_back,))) == [
        (VoiceGap.NOT_FETCHED, "Pond", "pad pond"),
        (VoiceGap.WITHHELD, "Moss", "pad moss"),
        (VoiceGap.TEMPLATE_ONLY, "Bees", "bees"),
        (VoiceGap.EMPTY, "Paths", "paths"),
    ]


def test_a_name_with_an_asterisk_that_no_pad_has_is_a_missing_voice() -> None:
    one = corpus({"Gate": "* the gate is shut\n"})
    refs = (PadRef(group="Gate", pad="fair-gate"),)
    patterns = ("fair-*", "fair[1]-*", "*-pond")
    assert gaps(replace(one, event=replace(one.event, pads=refs, patterns=patterns))) == [
        (VoiceGap.NO_PAD, None, "fair[1]-*"),
        (VoiceGap.NO_PAD, None, "*-pond"),
    ]


def test_a_pad_that_is_mostly_in_a_language_that_the_encoder_does_not_understand_is_one() -> None:
    english, spanish = ("".join(f"* {note.text}\n" for note in notes(language)) for language in ("en", "es"))
    one = corpus({"Gate": english + spanish[: len(english) // 3], "Agua": spanish})
    analysis = analysis_of(one)
    [gap] = analysis.missing_voices
    assert (gap.why, gap.group, gap.languages) == (VoiceGap.OTHER_LANGUAGE, "Agua", ("es",))
