"""Names that the facilitator says are one, or several."""

from collections.abc import Sequence

from fetch.corpus_records import PadId
from pipeline.analysis_records import (
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
from pipeline.curation.decisions import NotSame, Same
from pipeline.curation.entity_decisions import of_shown, same_and_not_same

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


def told(entities: Sequence[Entity]) -> dict[str, list[str]]:
    by_id = {one.id: one for one in segments()}
    return {
        one.name: [by_id[mention.segment_id].text[mention.start : mention.end] for mention in one.mentions]
        for one in entities
    }


APART = (entity("Ana", (1, "Ana"), (3, "Ana's")), entity("Ana García", (2, "Ana García")), entity("Ben", (3, "Ben")))
TOGETHER = (entity("Ana García", (1, "Ana"), (2, "Ana García"), (3, "Ana's")), entity("Ben", (3, "Ben")))


def test_names_that_are_the_same_are_one_called_by_the_first_in_reading_order() -> None:
    found, missing = same_and_not_same(Same(names=("Ana García", "ana")), APART, segments())
    assert told(found) == {"Ana García": ["Ana", "Ana García", "Ana's"], "Ben": ["Ben"]}
    assert missing == ()
    (spelling,) = found[0].also
    assert (spelling.written, spelling.why) == ("Ana", SpellingReason.FACILITATOR)


def test_names_that_are_not_the_same_are_apart_with_their_possessives() -> None:
    found, missing = same_and_not_same(NotSame(names=("Ana", "Ana García")), TOGETHER, segments())
    assert told(found) == {"Ana": ["Ana", "Ana's"], "Ana García": ["Ana García"], "Ben": ["Ben"]}
    assert missing == ()
    assert len({one.id for one in found}) == 3


def test_saying_it_again_changes_nothing() -> None:
    same = Same(names=("Ana García", "Ana"))
    once, _ = same_and_not_same(same, APART, segments())
    assert same_and_not_same(same, once, segments())[0] == once


def test_a_name_that_nobody_wrote_is_missing() -> None:
    found, missing = same_and_not_same(Same(names=("Cleo", "Dora")), APART, segments())
    assert (found, missing) == (APART, ("Cleo", "Dora"))


def test_a_name_that_only_a_hidden_quote_has_is_not_told() -> None:
    assert told(of_shown(TOGETHER, segments(2))) == {"Ana": ["Ana", "Ana's"], "Ben": ["Ben"]}
    assert told(of_shown(APART, segments(2))) == {"Ana": ["Ana", "Ana's"], "Ben": ["Ben"]}
