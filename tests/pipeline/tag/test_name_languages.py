"""Which names are believed in a language that the recogniser was not made for."""

from collections.abc import Sequence

import pytest

from pipeline.segment_records import Label
from pipeline.tag import Name, Tagger
from pipeline.tag.name_finding import find_names


def names(language: str, *texts: str, predicted: Sequence[Sequence[Name]] = ()) -> list[tuple[str, str]]:
    """The names in the lines of an event in a language, with their labels; a model for English predicts `predicted`."""
    tagger = Tagger("test", lambda lines: predicted or [()] * len(lines), languages=frozenset({"en"}))
    found = find_names(texts, [language] * len(texts), tagger)
    return [
        (text[name.start : name.end], name.label.value)
        for text, line in zip(texts, found, strict=True)
        for name in line
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    (
        ("de", "Redeleitung: Tjorven, Leute aus Kiel", [("Tjorven", "PERSON"), ("Kiel", "PLACE")]),
        ("de", "Frau Kötter weiß mehr", [("Kötter", "PERSON")]),
        ("de", "Anna-Lena fragt nach", [("Anna-Lena", "PERSON")]),
        ("de", "Die Uni Marnstadt und die TU Lohrbach", [("Uni Marnstadt", "ORG"), ("TU Lohrbach", "ORG")]),
        ("fr", "La Fondation des Roseaux paie", [("Fondation des Roseaux", "ORG")]),
        ("es", "La Fundación Almendral paga", [("Fundación Almendral", "ORG")]),
    ),
)
def test_names_are_found_by_lists_titles_and_words_for_institutions(
    language: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert names(language, text) == expected


@pytest.mark.parametrize(
    ("language", "texts"),
    (
        ("de", ("Zielgruppe: Neue", "Zielgruppe: Alte")),
        ("de", ("Aufgaben verteilen (Gruppe)", "Kuchen backen (Gruppe)")),
        ("de", ("in Zukunft", "in Zukunft mehr", "aus Sicht der Zukunft")),
        ("de", ("Der AStuRa und die MitarbeiterInnen im WiSe 2019",)),
        ("de", ("Nächstes Treffen", "Großer Workshop")),
        ("fr", ("Personne ne sait", "Personne ne vient")),
        ("es", ("Público: Todas", "Público: Nadie")),
    ),
)
def test_capitals_and_colons_alone_make_no_name(language: str, texts: tuple[str, ...]) -> None:
    assert names(language, *texts) == []


def test_a_list_of_places_names_no_people() -> None:
    assert names("de", "Anwesend: Bonn, Kassel, Lohrbach") == [("Bonn", "PLACE"), ("Kassel", "PLACE")]


@pytest.mark.parametrize(("language", "expected"), (("en", ["Dieser Betrag"]), ("de", []), ("fr", [])))
def test_a_model_for_english_is_not_believed_in_german(language: str, expected: list[str]) -> None:
    predicted = [[Name(0, 13, Label.PERSON)]]
    assert [name for name, _ in names(language, "Dieser Betrag reicht", predicted=predicted)] == expected


@pytest.mark.parametrize(("language", "expected"), (("fr", ["Croix Verte"]), ("de", [])))
def test_a_model_is_believed_of_several_capitals_where_nouns_are_written_small(
    language: str, expected: list[str]
) -> None:
    predicted = [[Name(9, 20, Label.ORG)]]
    assert [name for name, _ in names(language, "Vu avec: Croix Verte", predicted=predicted)] == expected
