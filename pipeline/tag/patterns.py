"""The shapes and patterns of data/names.toml, and matchers that meet known names again."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from pipeline.tag.lexicon import common_words, first_names, known_names, vocabulary
from pipeline.tag.shapes import Shapes

_CAMEL = re.compile(r"(?!.*[a-z][A-Z][a-z][A-Z])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z0-9]{1,20}")
_CAMELCON = re.compile(r"[A-Z][A-Za-z]{0,20}[a-z]Con(?:f|ference)?")
_SURNAME = re.compile(r"[^\W\d_](?=[^\W\d_])(?:[^\W\d_]|['’.-](?=\w))+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANY_CASE = frozenset({"dot", "of", "article", "inner", "particle", "title", "speaks", "where"})
"""Word lists that hold in lower case too."""


@cache
def tokenizer() -> Language:
    """What cuts lines into words, for the rules."""
    nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000
    return nlp


@cache
def known_finder() -> PhraseMatcher:
    """The matcher of well-known names."""
    return phrases(known_names())


def phrases(forms: Iterable[str]) -> PhraseMatcher:
    """Names to a matcher that meets them again in any case."""
    nlp = tokenizer()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("form", [nlp.make_doc(form) for form in forms])
    return matcher


@cache
def shapes() -> Shapes:
    """What a word can be, as the patterns of names.toml name it."""
    lists = vocabulary()["words"]
    listed: defaultdict[str, set[str]] = defaultdict(set)
    for name, words in lists.items():
        for word in words:
            listed[word].add(name)
    return Shapes(
        listed={word: frozenset(names) for word, names in listed.items()},
        capital=frozenset(lists.keys() - _ANY_CASE),
        shaped=_shaped(),
    )


def _shaped() -> dict[str, Callable[[str], bool]]:
    never, names = frozenset(vocabulary()["words"]["never"]), first_names()
    no_last = never | {word for name in ("event_end", "no_last") for word in vocabulary()["words"][name]}
    no_acronym = frozenset(vocabulary()["nobody"]["acronyms"])

    def rare(word: str) -> bool:
        return word.isalpha() and _begins_capitalised(word) and word[1:].islower() and _is_rare(word)

    return {
        "cap": lambda word: word[0].isupper() and word.lower() not in never,
        "surname": lambda word: (
            _begins_capitalised(word) and _SURNAME.fullmatch(word) is not None and word.lower() not in no_last
        ),
        "rare": rare,
        "rare_last": lambda word: rare(word) and word.lower() not in no_last,
        "initial": lambda word: word[0].isupper() and word[1:] in ("", ".") and word not in ("A", "I"),
        "camel": lambda word: _CAMEL.fullmatch(word) is not None,
        "camelcon": lambda word: _CAMELCON.fullmatch(word) is not None,
        "acronym": lambda word: word[:2].isupper() and word[:2].isalpha() and len(word) > 1 and word not in no_acronym,
        "year": lambda word: _YEAR.fullmatch(word) is not None,
        "first": lambda word: word in names,
        "first_sure": lambda word: names.get(word, False),
    }


def _begins_capitalised(word: str) -> bool:
    return word[0].isupper() and word[1:2].isalpha() and not word[1].isupper()


def _is_rare(word: str) -> bool:
    return word.lower() not in common_words() and word.lower() not in vocabulary()["words"]["never"]
