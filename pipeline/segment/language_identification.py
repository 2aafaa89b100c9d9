"""Identify the language (ISO 639-1) of each text in each pad; "und" for a text without letters.

Short notes full of names and jargon look like any language to a classifier. So each text is taken to be in its pad's
language, and in another only on evidence: the classifier's log-likelihoods (py3langid, after Lui & Baldwin, langid.py,
ACL 2012) get a bonus for the pad's language, and a smaller one for languages that are common in the event.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Protocol

import numpy as np

from pipeline.text import replace_addresses

LANGUAGES = (
    *("ar", "bn", "ca", "cs", "de", "el", "en", "es", "eu", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko"),
    *("nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "vi", "zh"),
)
_COLUMN = {language: column for column, language in enumerate(LANGUAGES)}
UNKNOWN = "und"

# Nats. Measured in November 2025: of 4,626 English notes full of jargon 1 comes out as another language; of 123 short
# sentences in ten other languages, each in an English pad, 117 come out as what they are and 3 as English.
_PAD_BONUS = 13.0
_EVENT_BONUS = 5.0
_COMMON = 2  # texts in a language, from which it is common in the event
_MAX_LENGTH = 400  # characters of a text; more of it does not change the result
_SAMPLE = 60  # texts of a pad that decide on its language
_NOISE = re.compile(r"`[^`]*`|@\w+|\]\([^)\s]*\)|[^\w\s'’.,;:!?¿¡-]|[\d_]+")


class _Classifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def begin_loading() -> None:
    """Begin to load the classifier in a thread; most of it is unpacked by a library that lets other threads run."""
    _loading()


def unload() -> None:
    """Give back the classifier's memory, some 55 MB; it is loaded again when a text needs it."""
    _loading.cache_clear()


@cache
def _loading() -> Future[_Classifier]:
    executor = ThreadPoolExecutor(1, thread_name_prefix="languages")
    loading = executor.submit(_load)
    executor.shutdown(wait=False)
    return loading


def _load() -> _Classifier:
    """Load the classifier, which takes half a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - its start is slow

    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(LANGUAGES)
    weights = full.nb_ptc.astype(np.float32), full.nb_pc, full.nb_classes  # as they are multiplied, for every text
    classifier: _Classifier = LanguageIdentifier(*weights, full.tk_nextmove, full.tk_output, tk_row=full.tk_row)
    return classifier  # a new one, because `full` would keep 30 MB of other languages


def identify_languages(pads: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the language of each text of each pad."""
    row_of = {text: row for row, text in enumerate(dict.fromkeys(text for texts in pads for text in texts))}
    scores = np.zeros((len(row_of), len(LANGUAGES)), dtype=np.float32)
    for text, row in row_of.items():
        scores[row] = _scores(text)
    samples = [" ".join(_clean(text) for text in texts[:: 1 + len(texts) // _SAMPLE]) for texts in pads]
    main = _best(_scores(" ".join(samples)), {"en": _PAD_BONUS})
    of_pads = [_best(_scores(sample), {main: _PAD_BONUS}) for sample in samples]
    counts = Counter(
        _best(scores[row_of[text]].tolist(), {of_pad: _PAD_BONUS})
        for of_pad, texts in zip(of_pads, pads, strict=True)
        for text in texts
    )
    common = {language: _EVENT_BONUS for language, count in counts.items() if count >= _COMMON}
    return [
        [
            _best(scores[row_of[text]].tolist(), {**common, of_pad: _PAD_BONUS}) if _has_letters(text) else UNKNOWN
            for text in texts
        ]
        for of_pad, texts in zip(of_pads, pads, strict=True)
    ]


def _best(scores: Sequence[float], bonus: Mapping[str, float]) -> str:
    """Return the likeliest language, given the scores of a text; without evidence the one with the largest bonus."""
    likeliest = LANGUAGES[scores.index(max(scores))]  # only a language with a bonus can be ahead of it
    return max(
        {likeliest, *bonus}, key=lambda language: (scores[_COLUMN[language]] + bonus.get(language, 0.0), language)
    )


def _scores(text: str) -> list[float]:
    """Return the log-likelihood of each of LANGUAGES; zeros for a text that gives no evidence."""
    cleaned = _clean(text)
    if not _has_letters(cleaned):
        return [0.0] * len(LANGUAGES)
    likelihoods = dict(_loading().result().rank(cleaned))
    scores = [likelihoods[language] for language in LANGUAGES]
    return scores if min(scores) < max(scores) else [0.0] * len(LANGUAGES)


def _clean(text: str) -> str:
    """Return the beginning of a text without what is of no language: addresses, handles, code, numbers, markup."""
    return " ".join(_NOISE.sub(" ", replace_addresses(text[:_MAX_LENGTH], " ")).split())


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)
