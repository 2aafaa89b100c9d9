"""Concerns: clusters as a group recognises them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.analysis_records import Concern
from pipeline.encode import encode
from pipeline.segment_records import Segment
from pipeline.text import is_stop_word, stem, words
from tests.support.hostile import ANY_TEXT
from tests.support.labelled_segments import bag, describe, segments_of

PUMP = (
    ("Water", "the old pump breaks down every summer and nobody repairs it"),
    ("Water", "pump again"),
    ("Soil", "we wait for weeks until somebody repairs the old pump in the yard"),
    ("Bees", "our old pump needs somebody who can repair it before June"),
)
FEES = (
    ("Soil", "the yearly fee is more than pensioners can pay"),
    ("Bees", "pensioners struggle to pay the yearly fee"),
)
KEYS = (
    ("Paths", "the shed key is lost again"),
    ("Paths", "who has the second shed key"),
)


def described(*clusters: tuple[tuple[str, str], ...], prompt: str | None = None) -> tuple[list[Segment], list[Concern]]:
    """The concerns of clusters of (group, text), and all their segments."""
    segments = [replace(one, prompt=prompt) for one in segments_of(line for lines in clusters for line in lines)]
    ends = np.cumsum([len(lines) for lines in clusters])
    rows = [tuple(range(end - len(lines), end)) for end, lines in zip(ends, clusters, strict=True)]
    return segments, list(describe(rows, segments, vectors_of(segments)))


def vectors_of(segments: list[Segment]) -> NDArray[np.float32]:
    return encode([segment.text for segment in segments], bag)


def content(label: str) -> list[str]:
    return [word.text.casefold() for word in words(label) if not is_stop_word(word.text)]


def test_what_most_groups_raise_comes_first_however_much_a_single_one_writes() -> None:
    wordy = tuple(("Paths", f"the shed key is lost for the {number}th time") for number in range(9))
    _, concerns = described(FEES, wordy, PUMP)
    assert [len(concern.groups) for concern in concerns] == [3, 2, 1]


def test_what_most_groups_raise_clearly_comes_before_what_more_groups_may_raise() -> None:
    loose = (("Water", "swallows nest here"), ("Soil", "the ferry is late"), ("Paths", "who paints the fence"))
    _, concerns = described(loose, FEES)
    assert [(len(one.agreeing_groups), len(one.groups)) for one in concerns] == [(2, 2), (0, 3)]


def test_however_unclear_what_several_groups_raise_comes_before_what_one_does() -> None:
    loose = (("Water", "swallows nest here"), ("Soil", "the ferry is late"))
    _, concerns = described(KEYS, loose)
    assert [one.recurring for one in concerns] == [True, False]


def test_among_equals_they_keep_the_order_of_the_clusters() -> None:
    gates = (("Soil", "paint the gate"), ("Bees", "paint the gate"))
    assert [concern.label for concern in described(FEES, gates)[1]] == ["Pay the yearly fee", "Paint the gate"]
    assert [concern.label for concern in described(gates, FEES)[1]] == ["Paint the gate", "Pay the yearly fee"]


def test_a_concern_recurs_when_two_groups_raised_it() -> None:
    _, concerns = described(FEES, KEYS)
    assert [concern.recurring for concern in concerns] == [True, False]


def test_segments_and_groups_are_in_event_order() -> None:
    segments = segments_of(PUMP)
    (concern,) = describe([(3, 1, 0, 2)], segments, vectors_of(segments))
    assert concern.segment_ids == ("s0", "s1", "s2", "s3")
    assert concern.groups == ("Water", "Soil", "Bees")


def test_a_label_is_a_phrase_that_a_member_used() -> None:
    _, concerns = described(PUMP, FEES)
    assert [concern.label for concern in concerns] == ["Repairs the old pump", "Pay the yearly fee"]


def test_where_no_word_is_shared_one_groups_phrase_is_the_label_and_nothing_is_joined_to_it() -> None:
    _, (concern,) = described((("Water", "blocked gutters"), ("Soil", "leaking downpipe")))
    assert concern.label in ("Blocked gutters", "Leaking downpipe")


def test_a_label_begins_and_ends_with_words_that_name_something() -> None:
    _, (concern,) = described(
        (("Water", "someone asked about compost bins"), ("Soil", "nobody asked about compost bins"))
    )
    assert concern.label == "Compost bins"


def test_a_slip_of_the_finger_is_no_name() -> None:
    _, (concern,) = described(
        (("Water", "insurence"), ("Soil", "insurance"), ("Bees", "insurance"), ("Paths", "insurance tins"))
    )
    assert "insurence" not in concern.label.casefold()


def test_labels_of_different_concerns_are_different() -> None:
    _, concerns = described(FEES, FEES, FEES, PUMP)
    assert len({concern.label.casefold() for concern in concerns}) == 4
    assert len({concern.id for concern in concerns}) == 4


def test_words_of_the_template_name_nothing() -> None:
    _, concerns = described(PUMP, FEES, prompt="Which old things could we repair?")
    assert not {"old", "things", "repair", "repairs"} & set(content(concerns[0].label))


def test_a_shared_word_is_named_with_another_where_there_is_only_one() -> None:
    one = (("Water", "broken gates everywhere"), ("Soil", "gates, please"), ("Bees", "the bees saw broken glass"))
    segments = segments_of(one)
    (concern,) = describe([(0, 1)], segments, vectors_of(segments))
    assert concern.label == "Broken gates"


@pytest.mark.parametrize(
    ("said_so", "label"),
    (
        ("who may speak for the club", "Speak for the club"),
        ("speak for the whole club, or for that club", "Speak for the whole club"),
        ("speak, then, of our club", "Speak"),
        ("speak at last to all those who pay fees to the club", "Pay fees to the club"),
        ("Speak\tto the club", "Speak"),
    ),
)
def test_two_words_are_joined_only_as_a_member_joined_them_without_a_mark_between(said_so: str, label: str) -> None:
    segments = segments_of((("Water", said_so), ("Soil", "that club: speak"), ("Bees", "club: speak!")))
    (concern,) = describe([(0, 1, 2)], segments, vectors_of(segments))
    assert concern.label == label


def test_no_concern_is_called_by_a_persons_name() -> None:
    said_so = (("Water", "Zofia has the shed key"), ("Soil", "the shed key is at Zofia's"), ("Bees", "Zofia, Zofia!"))
    segments = segments_of(said_so)
    for people, named in ((frozenset({"Zofia"}), False), (frozenset[str](), True)):
        (concern,) = describe([(0, 1, 2)], segments, vectors_of(segments), people)
        assert ("Zofia" in concern.label) is named


def test_a_word_that_is_also_written_small_may_name_a_concern_whoever_bears_it() -> None:
    segments = segments_of((("Water", "the grant ends in June"), ("Soil", "Grant ends")))
    (concern,) = describe([(0, 1)], segments, vectors_of(segments), frozenset({"Grant Mills"}))
    assert "grant" in concern.label.casefold()


def test_terms_are_the_words_that_set_the_concern_apart_shared_ones_first() -> None:
    _, concerns = described(PUMP, FEES)
    assert concerns[0].terms[:2] == ("pump", "repairs")
    assert set(concerns[0].terms[2:]) <= {"breaks", "summer", "wait", "weeks", "yard", "June"}


def test_exemplars_are_one_for_each_group_and_of_a_length_that_can_be_read_alone() -> None:
    _, (concern,) = described(PUMP)
    assert sorted(concern.exemplar_ids) == ["s0", "s2", "s3"]


def test_a_group_that_wrote_little_is_quoted_all_the_same_but_last() -> None:
    _, (concern,) = described((("Water", "pump!"), *PUMP[2:]))
    assert concern.exemplar_ids[-1] == "s0"


def test_the_first_exemplar_is_the_one_most_like_all_others() -> None:
    middle = ("Paths", "old pump and yearly fee: pensioners repair the pump and pay the fee")
    _, (concern,) = described((*PUMP[2:], middle, *FEES))
    assert concern.exemplar_ids[0] == "s2"


def test_the_id_comes_from_the_texts_alone() -> None:
    _, (alone,) = described(FEES)
    _, (_, beside) = described(PUMP, FEES)
    assert alone.id == beside.id
    _, (changed,) = described((FEES[0], ("Bees", "pensioners can pay")))
    assert changed.id != alone.id


def test_no_clusters_no_concerns() -> None:
    assert describe([], [], np.zeros((0, 1), dtype=np.float32)) == ()


@pytest.mark.parametrize("text", ("🌱 🌱", "…", "the of and", "12"))
def test_a_cluster_without_content_words_is_named_by_what_it_says(text: str) -> None:
    _, (concern,) = described((("Water", text), ("Soil", text)))
    assert concern.label.casefold() == text.casefold()
    assert concern.terms == ()


GROUPED = st.lists(
    st.lists(st.tuples(st.sampled_from(("Water", "Soil", "Bees")), ANY_TEXT.filter(str.strip)), min_size=2, max_size=5),
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(GROUPED)
def test_whatever_was_typed_labels_are_unique_and_quotes_are_members(clusters: list[list[tuple[str, str]]]) -> None:
    _, concerns = described(*(tuple(lines) for lines in clusters))
    assert len(concerns) == len(clusters)
    assert len({concern.label.casefold() for concern in concerns}) == len(clusters)
    for concern in concerns:
        assert concern.label.strip()
        assert set(concern.exemplar_ids) <= set(concern.segment_ids)
        assert len(concern.exemplar_ids) == len(concern.groups)


SHARED_WORDS = st.lists(
    st.tuples(
        st.sampled_from(("Water", "Soil", "Bees")),
        st.lists(
            st.sampled_from(["pump", "gate", "path", "wasp", "mole", "with", "and", "key"]), min_size=1, max_size=7
        ).map(" ".join),
    ),
    min_size=2,
    max_size=6,
)


@settings(deadline=None)
@given(SHARED_WORDS)
def test_a_label_has_two_words_and_one_that_is_shared_where_a_member_wrote_such_a_phrase(
    lines: list[tuple[str, str]],
) -> None:
    segments, (concern,) = described(tuple(lines))
    recurring = len({segment.group for segment in segments}) > 1
    users: dict[str, set[str]] = {}
    for segment in segments:
        for word in content(segment.text):
            users.setdefault(stem(word), set()).add(segment.group if recurring else segment.id)
    shared = {word for word, its_users in users.items() if len(its_users) > 1}
    texts = [[word.text for word in words(segment.text)] for segment in segments]
    spans = [text[first : last + 1] for text in texts for first in range(7) for last in range(first + 1, first + 6)]
    phrases = [span for span in spans if len(span) > 1 and not any(map(is_stop_word, (span[0], span[-1])))]
    assert len(words(concern.label)) in (range(2, 7) if phrases else range(7))
    if any(shared.intersection(map(stem, phrase)) for phrase in phrases):
        assert shared.intersection(map(stem, content(concern.label)))
    if users:
        assert not is_stop_word(words(concern.label)[0].text)
        assert not is_stop_word(words(concern.label)[-1].text)
