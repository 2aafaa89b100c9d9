"""What a group of an event is called by others: terms from its name, and from the names and titles of its pads.

    names of groups ─ parts, without generic words ──► terms: roots of content words ──► groups that have them
    text of a line ──► content words with their roots

"2022-06-14-outreach_and_partnerships" is about outreach and about partnerships, and "partners" is a form of the latter.
Words of the event's title, and of the names of several groups, are nobody's.
"""

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from fetch.corpus_records import Pad
from pipeline.segment_records import Line, LineRole
from pipeline.text import data_table, is_stop_word, mask_unreadable, word_list, words

Roots = tuple[str, ...]
"""The content words of a phrase, each without the endings that forms of a word differ by."""

COMMON = 3
"""Groups that have a word in their names from which on it is no group's."""

MOST_PARTS = 3
"""Parts of a name up to which each alone is a subject: a longer one is a sentence."""

_LONGEST_NAME = 120
"""Code points that are read of a name: the title of a pad may be a pasted page."""

_FEWEST_LETTERS = 4
"""Letters of a word that its endings leave; of a short plural ("CRDs") three."""

_FEWEST_INITIALS = 3
"""Letters of an acronym of a group's name: two letters are too many other things."""

_FILE_HASH = re.compile(r"~[0-9a-f]{8,}$")
_PUNCTUATION = re.compile(r"[.;:!?,\n]")


class Naming(IntEnum):
    """How much of a group's name a term is: words within it, a thing of several in it, or all that matters of it."""

    WITHIN = 1
    PART = 2
    WHOLE = 3


class ContentWord(NamedTuple):
    """A content word as it stands in a text, in code points; `clause` counts the punctuation before it."""

    root: str
    start: int
    end: int
    clause: int


def group_names(pads: Sequence[Pad], lines: Iterable[Line]) -> dict[str, list[str]]:
    """Return what each group goes by: its name, then its former names and the names and titles of its pads.

    A title is a heading before all content of a pad.
    """
    titles: dict[str, str] = {}
    texts = {pad.pad_id: pad.text for pad in pads}
    for line in lines:
        if line.role in {LineRole.HEADING, LineRole.CONTENT}:
            is_title = line.role is LineRole.HEADING
            titles.setdefault(line.pad_id, texts[line.pad_id][line.start : line.end] if is_title else "")
    names: dict[str, list[str]] = {}
    for pad in pads:
        names.setdefault(pad.group, [pad.group]).extend((*pad.formerly, pad.pad_id, titles.get(pad.pad_id, "")))
    return names


def find_terms(names: Mapping[str, Sequence[str]], title: str) -> dict[Roots, dict[str, Naming]]:
    """Return the terms that name groups, and how much of the name of each they are; `names` as from `group_names`."""
    parts = {group: [_parts(name) for name in own] for group, own in names.items()}
    # Groups of one name are one group that has several pads.
    distinct = {tuple(own[0]): {root for name in own for part in name for root in part.roots} for own in parts.values()}
    used = Counter(root for roots in distinct.values() for root in roots)
    nobodys = {root for root, count in used.items() if count >= COMMON} | {_root(word.text) for word in words(title)}
    terms: defaultdict[Roots, dict[str, Naming]] = defaultdict(dict)
    for group, own in parts.items():
        for name in own:
            for roots, naming in _namings([part.without(nobodys) for part in name]):
                terms[roots][group] = max(naming, terms[roots].get(group, naming))
        initials = "".join(root[0] for part in own[0] for root in part.roots)
        if len(initials) >= _FEWEST_INITIALS:
            terms[_root(initials),].setdefault(group, Naming.PART)
    return {roots: owners for roots, owners in terms.items() if not nobodys.issuperset(roots)}


class _Part(NamedTuple):
    """One of the things that a name lists; a clause is more than a noun with an article: "how we decide"."""

    roots: Roots
    is_clause: bool = False

    def without(self, nobodys: AbstractSet[str]) -> "_Part":
        """Return the part without words at its ends that are no group's."""
        kept = [root not in nobodys for root in self.roots]
        if not any(kept):
            return _Part(())
        return self._replace(roots=self.roots[kept.index(True) : len(kept) - kept[::-1].index(True)])


def _namings(parts: Iterable[_Part]) -> Iterator[tuple[Roots, Naming]]:
    """Yield the terms in a name: its parts, and the words within each."""
    filled = [part for part in parts if part.roots]
    for roots, is_clause in filled:
        is_vague = len(roots) == 1 and (is_clause or len(filled) > MOST_PARTS)
        whole = Naming.WHOLE if len(filled) == 1 else Naming.PART
        yield roots, Naming.WITHIN if is_vague else whole
        for size in range(1, len(roots)):
            for at in range(len(roots) - size + 1):
                yield roots[at : at + size], Naming.WITHIN


def _parts(name: str) -> list[_Part]:
    """Return the things that a name lists, without generic words at their ends: "day1-water_and_roads".

    What follows an English gerund is one, too: "scaling new contributors" is about contributors.
    """
    parts = []
    for text in _joints().split(_FILE_HASH.sub("", name[:_LONGEST_NAME]).replace("_", " ")):
        its_words = [word.text for word in words(text)]
        content = [word for word in its_words if not is_stop_word(word)]
        while content and _is_generic(content[0]):
            del content[0]
        while content and _is_generic(content[-1]):
            del content[-1]
        is_clause = any(is_stop_word(word) and not _is_article(word) for word in its_words)
        parts.append(_Part(tuple(map(_root, content)), is_clause))
        if content[1:] and content[0].casefold().endswith("ing"):
            parts.append(_Part(tuple(map(_root, content[1:]))))
    return parts


def _is_generic(word: str) -> bool:
    generic = word_list("hand_offs.toml", "generic") | word_list("calendar.toml", "names")
    return word.casefold().rstrip("0123456789") in generic


def _is_article(word: str) -> bool:
    return any(
        re.fullmatch(pattern, word, re.IGNORECASE) for pattern in data_table("hand_offs.toml")["between"].values()
    )


@cache
def _joints() -> re.Pattern[str]:
    """Return the pattern of what stands between the parts of a name."""
    joints = "|".join(sorted(word_list("hand_offs.toml", "joints")))
    return re.compile(rf"[,;/&+:|()]|--|\s[–—-]\s|(?<=[\s-])(?:{joints})(?=[\s-])", re.IGNORECASE)


def content_words(text: str) -> list[ContentWord]:
    """Return the words of a text that say something by themselves, with the number of the clause that each is in."""
    readable = mask_unreadable(text).replace("@", " ").replace("_", " ")
    breaks = [match.start() for match in _PUNCTUATION.finditer(readable)]
    return [
        ContentWord(_root(word.text), word.start, word.end, bisect(breaks, word.start))
        for word in words(readable)
        if not is_stop_word(word.text)
    ]


@cache
def _root(word: str) -> str:
    """Return what forms of a word share: "partners" and "Partnerships" are "partn", "docs" is "document"."""
    folded = word.casefold().replace("’", "'").removesuffix("'s")
    root: str = data_table("hand_offs.toml")["shortenings"].get(folded, folded)
    endings = data_table("hand_offs.toml")["endings"]["any"]
    while cut := next((end for end in endings if root.endswith(end) and len(root) - len(end) >= _FEWEST_LETTERS), None):
        root = root.removesuffix(cut)
    is_short_plural = len(root) == _FEWEST_LETTERS and root.endswith("s") and not root.endswith("ss")
    return root[:-1] if is_short_plural else root
