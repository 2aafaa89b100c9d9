"""The front: at most ten concerns that a report shows first."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis_records import Concern, ConcernId, Origin
from pipeline.describe.front import Evidence, KeepModel, front_first, name_stems, weigh_evidence
from pipeline.segment_records import Entity, EntityId, Kind, Label, Mention, Segment
from tests.support.labelled_segments import segments_of

GROUPS = ("Water", "Soil", "Bees", "Paths")

BY_ECHO = KeepModel(weights=Evidence(echoed=0, echoed_share=2, purposeful=0), intercept=-1)
"""A concern is rather kept than not if at least half of its quotes are echoed."""


class Notes:
    """Segments and the concerns that they are in."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.concerns: list[Concern] = []
        self.entities: list[Entity] = []

    def add(
        self,
        label: str,
        lines: Sequence[tuple[str, str]],
        *,
        origin: Origin = Origin.CLUSTER,
        kind: Kind = Kind.STATEMENT,
        agreeing: int = 0,
    ) -> Concern:
        """Add a concern of (group, text), of whose groups the first few agree."""
        quotes = segments_of([("Water", "")] * len(self.segments) + list(lines))[len(self.segments) :]
        groups = tuple(dict.fromkeys(group for group, _ in lines))
        self.segments += [replace(quote, kind=kind) for quote in quotes]
        concern = Concern(
            id=ConcernId(f"c{len(self.concerns)}"),
            label=label,
            terms=(),
            segment_ids=tuple(quote.id for quote in quotes),
            exemplar_ids=(quotes[0].id,),
            groups=groups,
            agreeing_groups=groups[:agreeing],
            recurring=len(groups) > 1,
            origin=origin,
        )
        self.concerns.append(concern)
        return concern

    def add_echo(self, label: str, groups: int = 2, *, origin: Origin = Origin.CLUSTER) -> None:
        """Add a concern whose every quote is echoed."""
        self.add(label, [(group, f"the {label} shed key is lost") for group in GROUPS[:groups]], origin=origin)

    def add_loose(self, label: str, groups: int = 2, *, origin: Origin = Origin.CLUSTER, agreeing: int = 0) -> None:
        """Add a concern whose quotes have no word in common."""
        texts = ("swallows nest here", "ferries are late", "paint the fence", "tea at noon")
        self.add(label, list(zip(GROUPS[:groups], texts, strict=False)), origin=origin, agreeing=agreeing)

    def evidence(self, concern: Concern) -> Evidence:
        return weigh_evidence(concern, {segment.id: segment for segment in self.segments}, name_stems(self.entities))

    def chosen(self) -> tuple[list[str], list[str]]:
        """The labels of the front, and those of the others, in the order of the file."""
        ordered = front_first(self.concerns, self.segments, self.entities, BY_ECHO)
        return [one.label for one in ordered if one.front], [one.label for one in ordered if not one.front]


@pytest.fixture
def notes() -> Notes:
    return Notes()


def labels(name: str, count: int) -> list[str]:
    return [f"{name} {number}" for number in range(count)]


def test_a_front_has_at_most_ten_concerns(notes: Notes) -> None:
    for label in labels("key", 12):
        notes.add_echo(label)
    assert notes.chosen() == (labels("key", 12)[:10], labels("key", 12)[10:])


def test_what_is_rather_dropped_than_kept_is_not_in_a_front_of_five_or_more(notes: Notes) -> None:
    for label in labels("loose", 3):
        notes.add_loose(label)
    for label in labels("key", 6):
        notes.add_echo(label)
    assert notes.chosen() == (labels("key", 6), labels("loose", 3))


def test_a_front_has_five_concerns_where_there_are_so_many(notes: Notes) -> None:
    for label in labels("loose", 6):
        notes.add_loose(label)
    notes.add_echo("key")
    assert notes.chosen() == (["key", *labels("loose", 4)], ["loose 4", "loose 5"])


def test_a_concern_of_one_group_is_never_in_the_front(notes: Notes) -> None:
    notes.add_loose("alone", groups=1)
    notes.add_loose("alone, and the facilitator's", groups=1, origin=Origin.FACILITATOR)
    notes.add_loose("shared")
    assert notes.chosen() == (["shared"], ["alone", "alone, and the facilitator's"])


def test_an_event_without_recurring_concerns_has_no_front(notes: Notes) -> None:
    assert notes.chosen() == ([], [])


def test_the_likelier_concern_comes_first_and_equals_stay_in_their_order(notes: Notes) -> None:
    notes.add_loose("loose")
    notes.add(
        "half", [("Water", "the shed key is lost"), ("Soil", "shed key lost again"), ("Soil", "a"), ("Bees", "b")]
    )
    notes.add_echo("key")
    notes.add_echo("gate")
    assert notes.chosen() == (["key", "gate", "half", "loose"], [])


def test_what_the_facilitator_named_comes_first_by_groups_however_loose_it_is(notes: Notes) -> None:
    for label in labels("key", 10):
        notes.add_echo(label)
    notes.add_loose("small", groups=2, origin=Origin.FACILITATOR)
    notes.add_loose("wide", groups=4, origin=Origin.FACILITATOR)
    assert notes.chosen() == (["wide", "small", *labels("key", 8)], ["key 8", "key 9"])


def test_ten_are_enough_of_the_facilitators_own(notes: Notes) -> None:
    notes.add_echo("key")
    for label in labels("named", 11):
        notes.add_loose(label, origin=Origin.FACILITATOR)
    assert notes.chosen() == (labels("named", 10), ["key", "named 10"])


def test_what_a_language_model_read_is_in_the_order_of_groups_that_agree_then_of_quotes(notes: Notes) -> None:
    notes.add_loose("two of four", groups=4, origin=Origin.MODEL, agreeing=2)
    three = [("Water", "a"), ("Soil", "b"), ("Soil", "c")]
    notes.add("two, three quotes", three, origin=Origin.MODEL, agreeing=2)
    notes.add_loose("two", groups=2, origin=Origin.MODEL, agreeing=2)
    notes.add_loose("three", groups=3, origin=Origin.MODEL, agreeing=3)
    assert notes.chosen() == (["three", "two of four", "two, three quotes", "two"], [])


def test_what_a_language_model_read_is_in_the_front_without_regard_to_its_words(notes: Notes) -> None:
    for label in labels("read", 7):
        notes.add_loose(label, origin=Origin.MODEL, agreeing=2)
    notes.add_loose("named", origin=Origin.FACILITATOR)
    assert notes.chosen() == (["named", *labels("read", 7)], [])


def test_after_five_only_what_two_groups_agree_on_is_in_a_models_front(notes: Notes) -> None:
    for label in labels("unsure", 6):
        notes.add_loose(label, origin=Origin.MODEL, agreeing=1)
    notes.add_loose("sure", origin=Origin.MODEL, agreeing=2)
    assert notes.chosen() == (["sure", *labels("unsure", 4)], ["unsure 4", "unsure 5"])


def test_groups_that_name_the_same_place_need_not_share_a_concern(notes: Notes) -> None:
    lines = [("Water", "Port Averil is cold"), ("Soil", "who goes to Port Averil")]
    concern = notes.add("Port Averil", lines)
    assert notes.evidence(concern).echoed_share == 1
    mention = Mention(segment_id=notes.segments[0].id, start=0, end=11)
    notes.entities.append(Entity(id=EntityId("e"), name="Port Averil", label=Label.PLACE, mentions=(mention,)))
    assert notes.evidence(concern).echoed_share == 0


def test_a_quote_is_echoed_by_two_words_in_common_with_a_quote_of_another_group(notes: Notes) -> None:
    concern = notes.add(
        "shed",
        [
            ("Water", "the fence of the meadow is broken"),
            ("Soil", "who repairs fences in our meadow?"),
            ("Soil", "the meadow is wet"),
            ("Soil", "broken"),
        ],
    )
    assert notes.evidence(concern).echoed_share == 2 / 4


def test_a_quote_is_not_echoed_by_its_own_group(notes: Notes) -> None:
    concern = notes.add("shed", [("Water", "the shed key is lost"), ("Water", "shed key found"), ("Soil", "tea")])
    assert notes.evidence(concern) == Evidence(echoed=0, echoed_share=0, purposeful=0)


def test_one_word_in_each_of_two_quotes_is_no_echo(notes: Notes) -> None:
    concern = notes.add("words", [("Water", "shed key"), ("Soil", "shed roof"), ("Soil", "key ring")])
    assert notes.evidence(concern).echoed == 0


@pytest.mark.parametrize(
    ("kind", "share"), ((Kind.QUESTION, 1), (Kind.ACTION, 1), (Kind.DECISION, 1), (Kind.STATEMENT, 0), (Kind.OTHER, 0))
)
def test_questions_next_steps_and_decisions_speak_for_a_concern(notes: Notes, kind: Kind, share: float) -> None:
    concern = notes.add("shed", [("Water", "shed"), ("Soil", "key")], kind=kind)
    assert notes.evidence(concern).purposeful == share


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.sampled_from(Origin)), max_size=15))
def test_every_concern_stays_and_a_front_is_chosen_once_for_all(plan: list[tuple[bool, int, Origin]]) -> None:
    notes = Notes()
    for number, (echoed, groups, origin) in enumerate(plan):
        (notes.add_echo if echoed else notes.add_loose)(str(number), groups, origin=origin)
    once = front_first(notes.concerns, notes.segments)
    assert sorted(one.id for one in once) == sorted(one.id for one in notes.concerns)
    assert [replace(one, front=False) for one in once if not one.front] == [
        one for one in notes.concerns if one.id in {other.id for other in once if not other.front}
    ]
    recurring = sum(one.recurring for one in notes.concerns)
    assert min(recurring, 5) <= sum(one.front for one in once) <= min(recurring, 10)
    assert front_first(once, notes.segments) == once
