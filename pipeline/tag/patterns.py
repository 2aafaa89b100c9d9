"""The patterns of data/names.toml as spaCy matchers over bare tokens."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher

from pipeline.tag.lexicon import common_words, first_names, known_names

_DATA = Path(__file__).parent / "data" / "names.toml"


@cache
def vocabulary() -> dict[str, Any]:
    """names.toml as it stands."""
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Reader:
    """A bare tokenizer, the patterns, and the matcher of known names."""

    nlp: Language
    patterns: Matcher
    known: PhraseMatcher


@cache
def reader() -> Reader:
    """What reads names by rules, made once."""
    nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000
    matcher = Matcher(nlp.vocab)
    shapes = _shapes()
    for number, pattern in enumerate(vocabulary()["patterns"]):
        tokens = [_token(word, shapes) for word in pattern["tokens"].split()]
        matcher.add(str(number), [tokens], greedy="LONGEST")
    return Reader(nlp, matcher, phrases(nlp, known_names()))


def phrases(nlp: Language, forms: Iterable[str]) -> PhraseMatcher:
    """Names to a matcher that meets them again in any case."""
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("form", [nlp.make_doc(form) for form in forms])
    return matcher


def _shapes() -> dict[str, dict[str, Any]]:
    """Name of a word list or word shape to what spaCy's Matcher asks of a token."""
    words = vocabulary()["words"]
    names = first_names()
    cap = {"SHAPE": {"REGEX": "^X"}, "LOWER": {"NOT_IN": words["never"]}}
    shapes: dict[str, dict[str, Any]] = {
        "cap": cap,
        "surname": {"SHAPE": {"REGEX": "^Xx"}, "LOWER": {"NOT_IN": [*words["never"], *words["event_end"]]}},
        "rare": {"SHAPE": {"REGEX": "^Xx+$"}, "LOWER": {"NOT_IN": sorted({*words["never"], *common_words()})}},
        "camel": {"TEXT": {"REGEX": r"^(?!.*[a-z][A-Z][a-z][A-Z])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z0-9]{1,20}$"}},
        "camelcon": {"TEXT": {"REGEX": r"^[A-Z][A-Za-z]{0,20}[a-z]Con(?:f|ference)?$"}},
        "acronym": {"SHAPE": {"REGEX": "^XX"}, "TEXT": {"NOT_IN": vocabulary()["nobody"]["acronyms"]}},
        "year": {"TEXT": {"REGEX": r"^(?:19|20)\d\d$"}},
        "first": {"TEXT": {"IN": sorted(names)}},
        "first_sure": {"TEXT": {"IN": sorted(name for name, sure in names.items() if sure)}},
    }
    lower = {"dot", "of", "article", "inner", "particle", "title", "speaks", "where"}
    for name, listed in words.items():
        asked: dict[str, Any] = {"LOWER": {"IN": listed}}
        shapes[name] = asked if name in lower else {**asked, "SHAPE": {"REGEX": "^X"}}
    return shapes


def _token(word: str, shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    often = word[-1] if word[-1] in "?*+" else ""
    token = dict(shapes[word.rstrip("?*+")])
    if often:
        token["OP"] = often
    return token
