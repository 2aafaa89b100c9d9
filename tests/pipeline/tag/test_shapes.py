"""Patterns over words."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.name_finding import line_of
from pipeline.tag.name_patterns import Shapes, matches, shapes, tokenizer, vocabulary
from tests.support.hostile import ANY_TEXT

SHAPES = Shapes(
    listed={"von": frozenset({"particle"}), "garden": frozenset({"noun", "org"})},
    capital=frozenset({"org"}),
    shaped={"cap": lambda word: word[0].isupper()},
)


def held(pattern: str, text: str) -> list[str]:
    words = text.split()
    [found] = matches([words], [pattern], SHAPES)
    return [" ".join(words[first:last]) for _, first, last in found]


def test_a_word_is_on_all_its_lists_and_of_all_its_shapes() -> None:
    assert SHAPES.of("Garden") == {"noun", "org", "cap"}
    assert SHAPES.of("garden") == {"noun"}
    assert SHAPES.of("other") == frozenset()


def test_operators_say_how_often() -> None:
    assert held("cap particle? cap+", "Ana von Berg Holm and Ana Berg, von Berg") == ["Ana von Berg Holm", "Ana Berg,"]
    assert held("cap* noun", "the Old garden, the garden") == ["garden"]


def test_what_is_nowhere_holds_nowhere_unless_it_may_be_left_out() -> None:
    assert held("particle cap", "Ana Berg") == []
    assert held("particle? cap", "Ana Berg") == ["Ana", "Berg"]


@given(st.lists(ANY_TEXT, max_size=4))
def test_words_are_the_lines_own_and_matches_lie_in_them(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    lines = [line_of(doc, text) for doc, text in zip(tokenizer().pipe(texts), texts, strict=True)]
    for line in lines:
        assert [line.text[at : at + len(word)] for word, at in zip(line.words, line.starts, strict=True)] == line.words
        assert "".join(line.words).replace(" ", "") == line.text.replace(" ", "")
    patterns = [pattern["tokens"] for pattern in vocabulary()["patterns"]]
    for line, found in zip(lines, matches([line.words for line in lines], patterns, shapes()), strict=True):
        assert all(0 <= first < last <= len(line.words) for _, first, last in found)
        for _, same in itertools.groupby(found, key=lambda match: match[0]):
            spans = [(first, last) for _, first, last in same]
            assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
