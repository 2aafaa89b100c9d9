"""Words that must not be repeated: from words to their hash, and from hashes to where the words stand.

A word is a run of letters or digits, case apart; in scripts that are written without spaces, each sign is one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.curation.anchors import anchor_of
from pipeline.curation.records import Redact
from pipeline.records import REDACTED, Segment

_NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai and Lao, Burmese, Khmer, Japanese and Chinese (Unicode blocks)."""

_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W_{_NO_SPACES}]+")
_SHA = 16


class Span(NamedTuple):
    """Code points of a text, from `start` to before `end`."""

    start: int
    end: int


def words_sha(words: str) -> tuple[str, int]:
    """The hash of `words`, case and what stands between them apart, and their number: 0 without letter or digit."""
    found = [word for _, word in _words(words)]
    return _sha(found), len(found)


def redact_words(words: str) -> Redact:
    """The decision that no output shows `words`, wherever they stand; ValueError where they have no letter or digit."""
    sha, count = words_sha(words)
    if not count:
        raise ValueError("there is no letter or digit in it")
    return Redact(sha=sha, count=count)


def redact_quote(segment: Segment, segments: Sequence[Segment]) -> Redact:
    """The decision that no output shows what one of `segments` says, nor the same words elsewhere."""
    sha, count = words_sha(segment.text)
    return Redact(sha=sha, count=count, quote=anchor_of(segment, segments, secret=True))


def spans(text: str, secrets: Sequence[tuple[str, int]]) -> list[Span]:
    """Where in `text` the words with these hashes and numbers stand, in order; spans that overlap are one."""
    found = _words(text)
    hits = sorted(hit for sha, count in secrets for hit in _hits(found, sha, count))
    joined: list[Span] = []
    for hit in hits:
        if joined and hit.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, hit.end))
        else:
            joined.append(hit)
    return joined


def without(text: str, secrets: Sequence[tuple[str, int]]) -> str:
    """`text` with `[redacted]` in place of these words."""
    return masked(text, spans(text, secrets)) if secrets else text


def masked(text: str, hidden: Sequence[Span]) -> str:
    """`text` with `[redacted]` in place of each of these spans, which are in order and apart."""
    done, parts = 0, []
    for start, end in hidden:
        parts += [text[done:start], REDACTED]
        done = end
    return "".join((*parts, text[done:]))


def _words(text: str) -> list[tuple[Span, str]]:
    return [
        (Span(match.start(), match.end()), unicodedata.normalize("NFKC", match[0]).casefold())
        for match in _WORD.finditer(text)
    ]


def _hits(words: Sequence[tuple[Span, str]], sha: str, count: int) -> Iterator[Span]:
    for first in range(len(words) - count + 1 if count else 0):
        run = words[first : first + count]
        if _sha([word for _, word in run]) == sha:
            yield Span(run[0][0].start, run[-1][0].end)


def _sha(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:_SHA]
