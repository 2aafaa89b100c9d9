"""Which pads the encoder could not read for meaning, in plain words."""

from collections import Counter
from collections.abc import Set as AbstractSet

from fetch.records import PadId
from pipeline.languages import by_wording_only
from pipeline.records import Analysis, LineRole
from pipeline.report.records import WordingOnly
from pipeline.report.sources import Sources
from pipeline.report.words import count, listed, strings


def wording_only(analysis: Analysis, known: Sources) -> tuple[WordingOnly, ...]:
    """The pads with notes that were compared by their wording only, in event order, each with what those are."""
    foreign = by_wording_only(analysis.segments, str(analysis.settings.get("encoder", "")))
    languages: dict[PadId, Counter[str]] = {pad_id: Counter() for pad_id in known.by_pad}
    for one in analysis.segments:
        if one.role is LineRole.CONTENT:
            languages[one.pad_id][one.language] += 1
    found = []
    for pad_id, counts in languages.items():
        if foreign & counts.keys():
            group, words = known.by_pad[pad_id].group, _words(counts, foreign)
            found.append(WordingOnly(group=group, words=f"{pad_id}: {words}" if group.name in known.several else words))
    return tuple(found)


def _words(counts: Counter[str], foreign: AbstractSet[str]) -> str:
    """`Spanish` for a pad that is mostly in it, `2 notes in Catalan` for fewer; the most first."""
    names = strings("language")
    return listed(
        tuple(
            names.get(code, code)
            if 2 * number > counts.total()
            else f"{count(number, 'note')} in {names.get(code, code)}"
            for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if code in foreign
        )
    )
