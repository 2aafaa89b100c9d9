"""From the texts of all pads to their languages (ISO 639-1), "und" for a text without letters.

Short notes full of names and jargon look like any language to a classifier. So each text is taken for its pad's
language, and for another only on evidence: the classifier's log-likelihoods (py3langid, after Lui & Baldwin, langid.py,
ACL 2012) get a bonus for the pad's language and a smaller one for languages that the event is clearly written in too.
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
_HOME_BONUS = 13.0
_SEEN_BONUS = 5.0
_SEEN = 2  # texts in a language before the event counts as written in it
_SAMPLE = 400  # characters of a text; more of it does not change the verdict
_PAGE = 60  # texts of a pad that tell its language
_NOISE = re.compile(r"`[^`]*`|@\w+|\]\([^)\s]*\)|[^\w\s'’.,;:!?¿¡-]|[\d_]+")

Scores = dict[str, float]


class _Ranker(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _ranker() -> _Ranker:
    """The classifier, loaded (in about a second) when the first text asks for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - its start is slow

    every = LanguageIdentifier.from_model_file(MODEL_FILE)
    every.set_languages(LANGUAGES)
    weights = every.nb_ptc, every.nb_pc, every.nb_classes
    ranker: _Ranker = LanguageIdentifier(*weights, every.tk_nextmove, every.tk_output, tk_row=every.tk_row)
    return ranker  # one of its own, for `every` would keep 30 MB of other languages


def identify(pads: Sequence[Sequence[str]]) -> list[list[str]]:
    """The language of each text of each pad."""
    known = {text: _scores(text) for text in dict.fromkeys(text for texts in pads for text in texts)}
    samples = [_page(texts) for texts in pads]
    event = _best(_scores(" ".join(samples)), {"en": _HOME_BONUS})
    homes = [_best(_scores(sample), {event: _HOME_BONUS}) for sample in samples]
    counts = Counter(
        _best(known[text], {home: _HOME_BONUS}) for home, texts in zip(homes, pads, strict=True) for text in texts
    )
    seen = {language: _SEEN_BONUS for language, count in counts.items() if count >= _SEEN}
    return [
        [_best(known[text], {**seen, home: _HOME_BONUS}) if _has_letters(text) else UNKNOWN for text in texts]
        for home, texts in zip(homes, pads, strict=True)
    ]


def _best(scores: Scores, bonus: Scores) -> str:
    """The likeliest language; without scores the one with the greatest bonus."""
    if not scores:
        return max(bonus, key=lambda language: (bonus[language], language))
    likeliest = next(iter(scores))  # they are sorted, so only a bonus can help another past it
    return max({likeliest, *bonus}, key=lambda language: (scores[language] + bonus.get(language, 0.0), language))


def _scores(text: str) -> Scores:
    """Log-likelihood per language, best first; empty where there is nothing to go by."""
    cleaned = _clean(text)
    scores = dict(_ranker().rank(cleaned)) if _has_letters(cleaned) else {}
    return scores if len(set(scores.values())) > 1 else {}


def _page(texts: Sequence[str]) -> str:
    """A few texts from all over a pad."""
    return " ".join(_clean(text) for text in texts[:: 1 + len(texts) // _PAGE])


def _clean(text: str) -> str:
    """A text's beginning, without what is of no language: addresses, handles, code, numbers, markup."""
    return " ".join(_NOISE.sub(" ", ADDRESS.sub(" ", text[:_SAMPLE])).split())


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)
