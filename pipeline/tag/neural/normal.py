"""A line as the models read it: words with single spaces between them, each of which knows its place in the line."""

import bisect
import re
from dataclasses import dataclass

from pipeline.tag.spans import Name
from pipeline.tag.wording import FILLER

_CHUNK = re.compile(rf"[^\s{FILLER}]+")


@dataclass(frozen=True, slots=True)
class Normal:
    """`text`, and where each of its chunks between spaces starts: here (`starts`) and in the line (`sources`)."""

    text: str
    starts: tuple[int, ...]
    sources: tuple[int, ...]

    def placed(self, name: Name) -> Name:
        """A name in `text` to the same name in the line."""
        return Name(self._source(name.start), self._source(name.end - 1) + 1, name.label)

    def _source(self, place: int) -> int:
        chunk = bisect.bisect_right(self.starts, place) - 1
        return self.sources[chunk] + place - self.starts[chunk]


def normal(line: str) -> Normal:
    """A line without its marks (`wording.unmarked`) as the models read it."""
    chunks = [(match.start(), match[0]) for match in _CHUNK.finditer(line)]
    starts, at = [], 0
    for _, chunk in chunks:
        starts.append(at)
        at += len(chunk) + 1
    return Normal(" ".join(chunk for _, chunk in chunks), tuple(starts), tuple(source for source, _ in chunks))
