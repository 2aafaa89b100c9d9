"""Names that the facilitator says are one, or several."""

from collections.abc import Sequence

from fetch.corpus_records import PadId
from pipeline.curation.decisions import NotSame, Same
from pipeline.curation.entity_decisions import apply_to_entities, without_hidden_mentions
from pipeline.segment_records import (
    Entity,
    EntityId,
    Label,
    LineNo,
    LineRole,
    Mention,
    Segment,
    SegmentId,
    SpellingReason,
)

TEXTS = ("Ana opens the gate", "Ana García has the key", "Ben and Ana's dog", "the NGF pays")


def segments(*hidden: int) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            id=SegmentId(f"water:{line}:0"),
            pad_id=PadId("water"),
            group="Water",
            line=LineNo(line),
            start=0,
            end=len(text),
            text=text,
            role=LineRole.HIDDEN if line in hidden else LineRole.CONTENT,
        )
        for line, text in enumerate(TEXTS, 1)
    )


def entity(name: str, *forms: tuple[int, str]) -> Entity:
    mentions = [
        Mention(
            segment_id=SegmentId(f"water:{line}:0"),
            start=TEXTS[line - 1].index(form),
            end=TEXTS[line - 1].index(form) + len(form),
        )
        for line, form in forms
    ]
    return Entity(id=EntityId(f"e-{name}"), name=name, label=Label.PERSON, mentions=tuple(mentions))


def written(entities: Sequence[Entity]) -> dict[str, list[str]]:
    by_id = {one.id: one for one in segments()}
    return {
        one.name: [by_id[mention.segment_id].text[mention.start : mention.end] for mention in one.mentions]
        for one in entities
    }


APART = (entity("Ana", (1, "Ana"), (3, "Ana's")), entity("Ana García", (2, "Ana García")), entity("Ben", (3, "Ben")))
TOGETHER = (entity("Ana García", (1, "Ana"), (2, "Ana García"), (3, "Ana's")), entity("Ben", (3, "Ben")))


def test_names_that_are_the_same_are_one_called_by_the_first_in_reading_order() -> None:
    found, missing = apply_to_entities(Same(names=("Ana García", "ana")), APART, segments())
    assert written(found) == {"Ana García": ["Ana", "Ana García", "Ana's"], "Ben": ["Ben"]}
    assert missing == ()
    (spelling,) = found[0].also
    assert (spelling.written, spelling.why) == ("Ana", SpellingReason.FACILITATOR)


def test_names_that_are_not_the_same_are_apart_with_their_possessives() -> None:
    found, missing = apply_to_entities(NotSame(names=("Ana", "Ana García")), TOGETHER, segments())
    assert written(found) == {"Ana": ["Ana", "Ana's"], "Ana García": ["Ana García"], "Ben": ["Ben"]}
    assert missing == ()
    assert len({one.id for one in found}) == 3


def test_the_same_decision_twice_changes_nothing_more() -> None:
    same = Same(names=("Ana García", "Ana"))
    once, _ = apply_to_entities(same, APART, segments())
    assert apply_to_entities(same, once, segments())[0] == once


def test_a_name_that_is_not_in_the_notes_is_missing() -> None:
    found, missing = apply_to_entities(Same(names=("Cleo", "Dora")), APART, segments())
    assert (found, missing) == (APART, ("Cleo", "Dora"))


def test_a_name_that_only_a_hidden_quote_contains_is_not_shown() -> None:
    assert written(without_hidden_mentions(TOGETHER, segments(2))) == {"Ana": ["Ana", "Ana's"], "Ben": ["Ben"]}
    assert written(without_hidden_mentions(APART, segments(2))) == {"Ana": ["Ana", "Ana's"], "Ben": ["Ben"]}
