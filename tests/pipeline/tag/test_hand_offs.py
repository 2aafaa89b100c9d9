"""Hand-offs: lines that speak of another group, by the events of tests/cases/tag/hand_offs and labelled real ones."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fetch.corpus_records import Pad, PadId
from pipeline.segment import segment
from pipeline.segment_records import Kind, LineRole, Segment, StatedFacts
from pipeline.tag import find_hand_offs, group_names, tag_as_stated
from tests.support.analysis import analysis_of
from tests.support.builders import corpus, pad
from tests.support.tag_cases import FILES, lines_of, make_segment, param

GOLD = Path(__file__).parents[2] / "gold" / "hand_offs"
LABELLED = ("seaglteams", "k8s2017", "k8s2018")
"""Events whose hand-offs a reader labelled, line by line."""


@dataclass
class CaseEvent:
    """An event of a case file: the notes of each group, and the lines that speak of another one."""

    title: str = ""
    notes: dict[str, list[str]] = field(default_factory=dict)
    expected: set[tuple[str, str, str]] = field(default_factory=set)

    def found(self) -> set[tuple[str, str, str]]:
        """Return the group, the text and the other group of each hand-off that is found."""
        return found_in([pad(group, "\n".join(lines)) for group, lines in self.notes.items()], self.title)


def found_in(pads: Sequence[Pad], title: str) -> set[tuple[str, str, str]]:
    segmented = segment(pads, ())
    about = find_hand_offs(segmented.segments, group_names(pads, segmented.lines), title)
    return {(one.group, one.text, about[one.id]) for one in segmented.segments if one.id in about}


def case_events(name: str) -> list[tuple[CaseEvent, str, str]]:
    """Return the events of a case file, each with its place and the comment above it, with which one begins."""
    events: list[tuple[CaseEvent, str, str]] = []
    last = ""
    for where, cause, line in lines_of("hand_offs", name):
        text, _, about = line.partition(" ==> ")
        if cause != last:
            events.append((CaseEvent(), where, cause))
        event, last = events[-1][0], cause
        if line.startswith("= "):
            event.title = line.removeprefix("= ")
        elif line.startswith("== "):
            group = line.removeprefix("== ")
            event.notes[group] = []
        elif text.strip():
            event.notes[group].append(text.replace("===", "#", 1) if text.startswith("=== ") else text)
        if about:
            event.expected.add((group, text.removeprefix("- "), about))
    return events


CASES = [param(*event) for name in (*FILES, "languages") for event in case_events(name)]


@pytest.mark.parametrize("event", CASES)
def test_a_line_that_speaks_of_another_group_is_found_and_no_other(event: CaseEvent) -> None:
    assert event.found() == event.expected
    assert len(event.notes) > 1


VALLEY = {"Water": ["Water"], "Roads": ["Roads"], "Tools & Sheds": ["Tools & Sheds"]}


def about(*segments: Segment, names: Mapping[str, Sequence[str]] = VALLEY, title: str = "") -> list[str | None]:
    found = find_hand_offs(segments, names, title)
    return [found.get(one.id) for one in segments]


def test_what_was_set_aside_speaks_of_nobody() -> None:
    line = make_segment(1, "ask the water table", group="Roads")
    assert about(line) == ["Water"]
    for role in set(LineRole) - {LineRole.CONTENT}:
        assert about(make_segment(1, line.text, group="Roads", role=role)) == [None], role


def test_a_line_below_a_heading_with_the_subject_of_another_group_is_about_that_heading() -> None:
    line = make_segment(1, "no road without water", group="Roads")
    assert about(line) == ["Water"]
    assert about(make_segment(1, line.text, group="Roads", headings=("Water",))) == [None]


def test_words_of_the_title_of_the_event_name_no_group() -> None:
    assert about(make_segment(1, "ask the water table", group="Roads"), title="The Water Weekend") == [None]


def test_a_word_of_three_groups_names_none_of_them() -> None:
    names = {name: [name] for name in ("Youth fund", "School fund", "Street fund", "Roads")}
    assert about(make_segment(1, "ask the fund team", group="Roads"), names=names) == [None]
    assert about(make_segment(1, "ask the school fund team", group="Roads"), names=names) == ["School fund"]


def test_of_two_groups_the_one_that_is_named_counts() -> None:
    line = make_segment(1, "without water no sheds, says the roads team", group="Tools & Sheds")
    assert about(line) == ["Roads"]


def test_a_pad_without_a_word_that_tells_it_from_others_is_named_by_nobody() -> None:
    names = {"day1-room3": ["day1-room3"], "day1-room4": ["day1-room4"], "Plenary": ["Plenary"]}
    lines = [make_segment(n, text, group="Plenary") for n, text in enumerate(("see day1-room3", "ask room 3 (day 1)"))]
    assert about(*lines, names=names) == [None, None]


def test_a_group_goes_by_its_name_and_those_of_its_pads_and_their_titles() -> None:
    pads = [pad("Water", "# Wells and pumps\n\n* dry"), pad("Roads", "* holes\n\n# Later")]
    assert group_names(pads, segment(pads, ()).lines) == {
        "Water": ["Water", "water", "# Wells and pumps"],
        "Roads": ["Roads", "roads", ""],
    }


def test_a_title_as_long_as_a_page_is_no_trouble() -> None:
    names = {"Water": ["Water", "wells and " * 5_000], "Roads": ["Roads"]}
    assert about(make_segment(1, "ask the wells team", group="Roads"), names=names) == ["Water"]


@pytest.mark.parametrize(("stated", "kept"), (("Tools & Sheds", "Tools & Sheds"), (None, "Water")))
def test_the_group_that_a_reading_names_goes_before_the_one_that_rules_find(stated: str | None, kept: str) -> None:
    line = make_segment(1, "ask the water table", group="Roads", about_group="Water")
    facts = StatedFacts(kind=Kind.ACTION, about_group=stated)
    [read] = tag_as_stated([line], {line.id: facts}, None)
    assert (read.kind, read.about_group) == (Kind.ACTION, kept)


def test_an_analysis_says_whom_a_line_speaks_of() -> None:
    event = corpus({"Water": "* the well is dry", "Roads": "* ask the water table about the mill"})
    assert [one.about_group for one in analysis_of(event).segments] == [None, "Water"]


@dataclass(frozen=True)
class Score:
    """Hand-offs that were found (`right` and `wrong`), the labelled lines that are among them, and all labelled ones.

    A line that a second reader may count differently is left out both ways.
    """

    right: int
    wrong: int
    lines_found: int
    lines: int


def score(event: Path) -> Score:
    with (GOLD / f"{event.name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    labels = {(row["pad"], int(row["line"]), row["about"]) for row in rows if row["how"] != "doubtful"}
    doubtful = {(row["pad"], int(row["line"])) for row in rows if row["how"] == "doubtful"}
    names = [
        (path.stem.partition("~")[0], path.read_text(encoding="utf-8")) for path in sorted((event / "pads").iterdir())
    ]
    pads = [Pad(pad_id=PadId(name), group=name, text=text, sha256="", source="") for name, text in names]
    segmented = segment(pads, ())
    about = find_hand_offs(segmented.segments, group_names(pads, segmented.lines), event.name)
    found = {(one.group, int(one.line), about[one.id]) for one in segmented.segments if one.id in about}
    hits = found & labels
    return Score(
        right=len(hits),
        wrong=sum((group, line) not in doubtful for group, line, _ in found - labels),
        lines_found=len({hit[:2] for hit in hits}),
        lines=len({label[:2] for label in labels}),
    )


@pytest.mark.shared
def test_most_hand_offs_that_readers_labelled_are_found_and_most_that_are_found_are_right(shared_events: Path) -> None:
    scores = [score(shared_events / name) for name in LABELLED]
    right = sum(one.right for one in scores)
    assert right >= 0.8 * (right + sum(one.wrong for one in scores))
    assert sum(one.lines_found for one in scores) >= 0.5 * sum(one.lines for one in scores)
    assert all(one.right >= 0.7 * (one.right + one.wrong) for one in scores)


@pytest.mark.shared
def test_teams_that_all_had_the_same_task_and_do_not_speak_of_each_other_have_no_hand_off(shared_events: Path) -> None:
    assert score(shared_events / "amiES") == Score(right=0, wrong=0, lines_found=0, lines=0)
