"""What the encoder cannot read is compared by its wording, and in English nothing changes for it.

The cases are eight concerns, each said by three people, in nine languages (tests/cases/encode/languages). Average
precision ranks all pairs of a language's notes by their similarity: by chance it is .087.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from pipeline.encode import encode
from pipeline.transformer import embed
from tests.support.language_notes import FOREIGN, notes

CHANCE = 0.087
Vectors = NDArray[np.float32]


def average_precision(vectors: Vectors, concerns: Sequence[str]) -> float:
    """Of the pairs that are about one concern, among all pairs ranked by similarity."""
    rows, columns = np.triu_indices(len(concerns), 1)
    same = np.array(
        [concerns[row] == concerns[column] for row, column in zip(rows.tolist(), columns.tolist(), strict=True)]
    )
    return float(average_precision_score(same, (vectors @ vectors.T)[rows, columns]))


def by_wording(texts: Sequence[str]) -> Vectors:
    return encode(texts, embed, understood=[False] * len(texts))


@pytest.mark.parametrize("language", FOREIGN)
def test_notes_on_one_concern_are_more_alike_than_others_and_than_the_english_encoder_finds_them(language: str) -> None:
    concerns, texts = zip(*notes(language), strict=True)
    wording = average_precision(by_wording(texts), concerns)
    assert wording > 4 * CHANCE
    assert wording > average_precision(embed(texts), concerns) + 0.03


def test_notes_in_two_languages_are_not_alike_because_of_their_language() -> None:
    languages = [language for language in ("en", "es", "ru") for _ in notes(language)]
    texts = [note.text for language in ("en", "es", "ru") for note in notes(language)]
    same = np.array([[one == other for other in languages] for one in languages]) & ~np.eye(len(texts), dtype=bool)

    def glue(vectors: Vectors) -> float:
        """How much more alike notes of one language are than notes of two."""
        alike = vectors @ vectors.T
        return float(alike[same].mean() - alike[~same].mean())

    assert glue(encode(texts, embed, understood=[language == "en" for language in languages])) < 0.05
    assert glue(encode(texts, embed)) > 0.1  # what it is for: an English encoder puts languages together


def test_english_notes_are_read_for_meaning_whatever_stands_beside_them() -> None:
    concerns, texts = zip(*notes("en"), strict=True)
    foreign = [note.text for note in notes("es")]
    mixed = encode([*texts, *foreign], embed, understood=[True] * len(texts) + [False] * len(foreign))
    beside = average_precision(mixed[: len(texts)], concerns)
    assert beside == pytest.approx(average_precision(encode(texts, embed), concerns), abs=0.05)


def test_a_name_is_what_notes_in_two_languages_can_share() -> None:
    texts = [
        "Tinkerbox is too expensive",
        "Tinkerbox es demasiado caro",
        "Faltan manos para pintar",
        "The gate is shut",
    ]
    english, spanish, *others = encode(texts, embed, understood=[True, False, False, True])
    assert english @ spanish > max(spanish @ other for other in others) + 0.1


def test_the_encoder_is_never_asked_for_what_it_cannot_read() -> None:
    asked: list[str] = []

    def listening(lines: Sequence[str]) -> Vectors:
        asked.extend(lines)
        return embed(lines)

    encode(["The gate is shut", "El portón está cerrado"], listening, [True, False])
    assert asked == ["The gate is shut"]
    assert encode(["El portón está cerrado", "..."], listening, [False, False]).any(axis=1).tolist() == [True, False]


def test_nothing_said_about_languages_means_that_all_is_understood() -> None:
    texts = [note.text for note in notes("en")]
    assert np.array_equal(encode(texts, embed), encode(texts, embed, understood=[True] * len(texts)))
