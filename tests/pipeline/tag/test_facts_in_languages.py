"""What German, French and Spanish notes say of who does what until when, by the cases of tests/cases/tag/facts."""

import pytest
from _pytest.mark import ParameterSet

from pipeline.segment_records import Kind, LineRole, Segment
from pipeline.tag import find_milestones, tag
from tests.support.fact_cases import EVENT, Line, dates, facts_of, files, header, lines, segments
from tests.support.tag_cases import make_boilerplate, make_segment


def cases() -> list[ParameterSet]:
    return [
        pytest.param(line, segment, id=line.where)
        for file in files()
        for line, segment in zip(lines(file), segments(file), strict=True)
    ]


@pytest.mark.parametrize(("line", "segment"), cases())
def test_kind_owner_and_deadline_are_those_that_a_reader_finds(line: Line, segment: Segment) -> None:
    facts = facts_of(segment)
    assert (segment.kind, facts) == (line.kind, line.facts)


@pytest.mark.parametrize("file", files())
def test_neither_first_names_nor_fractions_are_dates(file: str) -> None:
    assert dates(file) == header(file, "dates").split("; ")


@pytest.mark.parametrize(
    ("language", "text", "months"),
    (
        ("de", "Jan beantragt den Zuschuss", []),
        ("de", "der Zuschuss läuft bis Jan", ["Jan"]),
        ("de", "mit Jan ist das abgesprochen", []),
        ("de", "im Mai ist das Sommerfest", ["Mai"]),
        ("fr", "Avril connaît la salle", []),
        ("fr", "la salle est libre en avril", ["avril"]),
        ("es", "Julio conoce la sala", []),
        ("es", "la sala queda libre en julio", ["julio"]),
    ),
)
def test_a_name_that_is_also_a_month_is_a_date_only_behind_a_word_for_times(
    language: str, text: str, months: list[str]
) -> None:
    present = make_boilerplate(1, "Present: Jan, Mai, Avril, Julio, Ana")
    tagged = tag([present, make_segment(2, text, language=language)], EVENT)
    found = [
        text[mention.start : mention.end]
        for entity in tagged.entities
        if entity.label == "DATE"
        for mention in entity.mentions
    ]
    assert found == months


def test_a_line_about_a_person_with_the_name_of_a_month_is_no_milestone() -> None:
    notes = (
        make_segment(1, "Anwesend: Ana, Mai, Ben", role=LineRole.BOILERPLATE),
        make_segment(2, "Mai kennt den Verlag am längsten", language="de"),
        make_segment(3, "die Halle öffnet im Juni wieder", language="de"),
        make_segment(4, "die Halle schließt, wenn bis August nichts geschieht", language="de"),
    )
    tagged = tag(notes, EVENT)
    assert [one.segment_id for one in find_milestones(tagged.segments, EVENT, tagged.entities)] == ["s3"]


def test_a_short_line_is_read_in_the_language_of_its_pad() -> None:
    long = make_segment(1, "die Gruppe hat lange über den Raum gesprochen", language="de")
    short = make_segment(2, "Raum anfragen -> Ana", language="und", headings=("Nächste Schritte",))
    [_, task] = tag([long, short], EVENT).segments
    assert (task.kind, task.owner) == (Kind.ACTION, "Ana")


def test_a_heading_in_another_language_counts_as_a_whole_only() -> None:
    whole, part = (
        make_segment(1, "les deux affiches", language="fr", headings=(text,))
        for text in ("Decisions", "Les votes absents")
    )
    assert [one.kind for note in (whole, part) for one in tag([note], None).segments] == [Kind.DECISION, Kind.STATEMENT]
