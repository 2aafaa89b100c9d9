"""What the analysis finds in notes in German, French and Spanish, which nothing in it was trained on."""

import importlib

import pytest

from pipeline.segment_records import Kind
from pipeline.text import data_table, words
from tests.support.foreign_events import LANGUAGES, analysis, gold

FIRST = 100
"""Names at which a reader would look."""


def empty_words(language: str) -> set[str]:
    """Return spaCy's stop words of a language and our light words."""
    stop_words: set[str] = importlib.import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    return stop_words | set(data_table("light_words.toml")[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_of_the_first_hundred_names_are_right(language: str) -> None:
    first = analysis(language).entities[:FIRST]
    right = [entity for entity in first if entity.name in gold(language)[entity.label]]
    assert len(right) >= 0.9 * len(first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_names_of_people_are_found(language: str) -> None:
    people = set(gold(language)["PERSON"])
    found = {entity.name for entity in analysis(language).entities}
    assert len(people & found) >= 0.8 * len(people)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_begins_or_ends_with_a_stop_word_or_a_light_word(language: str) -> None:
    empty = empty_words(language)
    negations = {"personne", "nadie", "nicht", "keine", "ne"}  # which a title may begin with: they are the point
    titles = [[word.text.casefold() for word in words(one.label)] for one in analysis(language).concerns]
    assert titles
    assert not [title for title in titles if title[0] in empty - negations or title[-1] in empty]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_is_a_stop_word_or_a_light_word(language: str) -> None:
    terms = [term for one in analysis(language).concerns for term in one.terms]
    assert terms
    assert not empty_words(language).intersection(map(str.casefold, terms))


@pytest.mark.parametrize(
    ("language", "verbs"),
    (
        ("de", {"hängt", "funktioniert", "kümmern", "verloren", "entwerfen"}),
        ("fr", {"connaît", "traduire", "rédige", "prépare"}),
        ("es", {"conoce", "traducir", "actualiza", "escribe", "apoya"}),
    ),
)
def test_terms_are_nouns_where_there_are_any(language: str, verbs: frozenset[str]) -> None:
    terms = [term.casefold() for one in analysis(language).concerns for term in one.terms]
    assert not verbs.intersection(terms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_is_the_label_of_a_form(language: str) -> None:
    form = {label.casefold() for label in gold(language)["form"]}
    assert not form.intersection(one.label.casefold() for one in analysis(language).concerns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_of_the_form_are_in_no_concern(language: str) -> None:
    found = analysis(language)
    fields = {one.id for one in found.segments if one.text.partition(":")[0].strip() in gold(language)["form"]}
    assert fields
    assert not [concern.label for concern in found.concerns if fields.intersection(concern.segment_ids)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_of_the_form_answer_their_label(language: str) -> None:
    prompts = {one.prompt for one in analysis(language).segments}
    assert prompts.issuperset(gold(language)["form"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deadline_is_found(language: str) -> None:
    due = {one.due for one in analysis(language).segments if one.kind is Kind.ACTION and one.due}
    assert due == set(gold(language)["due"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_owners_are_people_of_the_event(language: str) -> None:
    people = {word for name in gold(language)["PERSON"] for word in name.split()}
    owners = [one.owner for one in analysis(language).segments if one.owner]
    assert owners
    assert not [owner for owner in owners if owner.replace(",", "").split()[0] not in people]
