"""Identify the language (ISO 639-1) of each text in each pad; "und" for a text without letters.

Short notes full of names and jargon look like any language to a classifier. So each text is taken to be in its pad's
language, and in another only on evidence: the classifier's log-likelihoods (py3langid, after Lui & Baldwin, langid.py,
ACL 2012) get a bonus for the pad's language, and a smaller one for languages that are common in the event.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from pipeline.text import ADDRESS

LANGUAGES = (
    *("ar", "bn", "ca", "cs", "de", "el", "en", "es", "eu", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko"),
    *("nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "vi", "zh"),
)
UNKNOWN = "und"

# Nats. Measured in November 2025: of 4,626 English notes full of jargon 1 comes out as another language; of 123 short
# sentences in ten other languages, each in an English pad, 117 come out as what they are and 3 as English.
_PAD_BONUS = 13.0
_EVENT_BONUS = 5.0
_COMMON = 2  # texts in a language, from which it is common in the event
_MAX_LENGTH = 400  # characters of a text; more of it does not change the result
_SAMPLE = 60  # texts of a pad that decide on its language
_NOISE = re.compile(r"`[^`]*`|@\w+|\]\([^)\s]*\)|[^\w\s'’.,;:!?¿¡-]|[\d_]+")

Scores = dict[str, float]
"""Log-likelihood of each language, best first; empty for a text that gives no evidence."""


class _Classifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _classifier() -> _Classifier:
    """Load the classifier (about a second) when the first text needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - its start is slow

    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(LANGUAGES)
    weights = full.nb_ptc, full.nb_pc, full.nb_classes
    classifier: _Classifier = LanguageIdentifier(*weights, full.tk_nextmove, full.tk_output, tk_row=full.tk_row)
    return classifier  # a new one, because `full` would keep 30 MB of other languages


def identify_languages(pads: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the language of each text of each pad."""
    scores = {text: _scores(text) for text in dict.fromkeys(text for texts in pads for text in texts)}
    samples = [" ".join(_clean(text) for text in texts[:: 1 + len(texts) // _SAMPLE]) for texts in pads]
    main = _best(_scores(" ".join(samples)), {"en": _PAD_BONUS})
    of_pads = [_best(_scores(sample), {main: _PAD_BONUS}) for sample in samples]
    counts = Counter(
        _best(scores[text], {of_pad: _PAD_BONUS}) for of_pad, texts in zip(of_pads, pads, strict=True) for text in texts
    )
    common = {language: _EVENT_BONUS for language, count in counts.items() if count >= _COMMON}
    return [
        [_best(scores[text], {**common, of_pad: _PAD_BONUS}) if _has_letters(text) else UNKNOWN for text in texts]
        for of_pad, texts in zip(of_pads, pads, strict=True)
    ]


def _best(scores: Scores, bonus: Scores) -> str:
    """Return the likeliest language; without scores the one with the largest bonus."""
    if not scores:
        return max(bonus, key=lambda language: (bonus[language], language))
    likeliest = next(iter(scores))  # only a language with a bonus can be ahead of it
    return max({likeliest, *bonus}, key=lambda language: (scores[language] + bonus.get(language, 0.0), language))


def _scores(text: str) -> Scores:
    cleaned = _clean(text)
    scores = dict(_classifier().rank(cleaned)) if _has_letters(cleaned) else {}
    return scores if len(set(scores.values())) > 1 else {}


def _clean(text: str) -> str:
    """Return the beginning of a text without what is of no language: addresses, handles, code, numbers, markup."""
    return " ".join(_NOISE.sub(" ", ADDRESS.sub(" ", text[:_MAX_LENGTH])).split())


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)
