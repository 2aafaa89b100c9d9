"""The hostile texts of tests/cases/report/hostile, a strategy for any others, and a whole event made of them."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

from hypothesis import strategies as st

from fetch.corpus_records import Corpus, Event, Pad, PadId, ProblemKind, TextRemark, TextRemarkKind
from pipeline.analysis_records import (
    Analysis,
    CitedSentence,
    Concern,
    ConcernId,
    EventInfo,
    MissingVoice,
    Origin,
    PadInfo,
    PadProblem,
    ReadingInfo,
    VoiceGap,
)
from pipeline.ledger import account
from pipeline.segment_records import (
    Entity,
    EntityId,
    Kind,
    Label,
    Line,
    LineNo,
    LineRole,
    Mention,
    Segment,
    SegmentId,
    Spelling,
    SpellingReason,
)

_FILE = Path(__file__).parents[1] / "cases" / "report" / "hostile" / "negative.txt"
_SPELLED = re.compile(r"\\(?:([nrt0\\])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}


def _spelled(match: re.Match[str]) -> str:
    letter, *codes = match.groups()
    return _LETTERS[letter] if letter else chr(int(next(code for code in codes if code), 16))


HOSTILE = tuple(
    _SPELLED.sub(_spelled, line)
    for line in _FILE.read_text(encoding="utf-8").split("\n")
    if line and not line.startswith(("# Pad text", "# ---"))
)

_FRAGMENTS = st.sampled_from(
    [*"<>&\"'`*_{}[]()#+-=.!|~:;/\\ \t\n\r\0@$^⟦⟧", "://", "RFC 1", "www.", "U+0041", "<br>", "<br />", "1.", "“", "”"]
)
ANY_TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=[])),
    st.lists(st.one_of(_FRAGMENTS, st.text(max_size=3)), max_size=12).map("".join),
)
"""Any text at all, surrogates included, and often one made of what the formats act on."""


def event_of(texts: Sequence[str]) -> tuple[Analysis, Corpus]:
    """An analysis in which everything that a person can name or write is one of `texts`.

    Each text is a pad, its id and its group's name; its one quote (over several lines, where it has them) is a
    question, a concern's label and a name, and what a language model wrote of itself and of the concern; every second
    concern is of the front, and every second of these has no summary.
    """
    pads = [_pad(number, text) for number, text in enumerate(texts, start=1)]
    lines = [line for pad in pads for line in _lines(pad)]
    segments = [_segment(pad) for pad in pads if pad.text.strip()]
    concerns = [
        _concern(segment, front=number % 2 == 0, summarised=number % 4 != 0) for number, segment in enumerate(segments)
    ]
    title = "".join(texts)
    analysis = Analysis(
        schema=1,
        generated=title,
        event=EventInfo(id="hostile", title=title, date=None),
        pads=tuple(map(_pad_info, pads)),
        segments=tuple(segments),
        entities=tuple(_entity(segment) for segment in segments),
        concerns=tuple(concerns),
        ledger=account(lines, segments, concerns),
        settings={title: title},
        corpus_sha256="0",
        reading=_reading(title, segments),
        problems=tuple(PadProblem(kind=ProblemKind.UNREADABLE, name=text, group=text) for text in texts),
        missing_voices=tuple(
            MissingVoice(why=why, pad=text, group=text, languages=(text,))
            for text, why in zip(texts, cycle(VoiceGap), strict=False)
        ),
    )
    server = "https://pads.example.org"
    return analysis, Corpus(event=Event(id="hostile", title=title, server=server), pads=tuple(pads))


def _pad(number: int, text: str) -> Pad:
    name = f"{text}{number}"
    return Pad(pad_id=PadId(name), group=name, text=text, sha256=str(number), source=text, revision=1)


def _pad_info(pad: Pad) -> PadInfo:
    remarks = (TextRemark(kind=TextRemarkKind.GUESSED_ENCODING, encoding=pad.text),)
    return PadInfo(
        pad_id=pad.pad_id, group=pad.group, revision=1, sha256=pad.sha256, source=pad.source, text_remarks=remarks
    )


def _lines(pad: Pad) -> Iterator[Line]:
    start = 0
    for number, text in enumerate(pad.text.split("\n"), start=1):
        role = LineRole.CONTENT if text.strip() else LineRole.EMPTY
        yield Line(pad_id=pad.pad_id, number=LineNo(number), start=start, end=start + len(text), role=role)
        start += len(text) + 1


def _segment(pad: Pad) -> Segment:
    start = len(pad.text) - len(pad.text.lstrip())
    words = pad.text.strip()
    return Segment(
        id=SegmentId(pad.pad_id),
        pad_id=pad.pad_id,
        group=pad.group,
        line=LineNo(pad.text.count("\n", 0, start) + 1),
        start=start,
        end=start + len(words),
        text=words,
        kind=Kind.QUESTION,
        headings=(words,),
        prompt=words,
        language=words,
        owner=words,
        due=words,
    )


def _concern(segment: Segment, *, front: bool, summarised: bool) -> Concern:
    return Concern(
        id=ConcernId(segment.pad_id),
        label=segment.text,
        terms=(segment.text,),
        segment_ids=(segment.id,),
        exemplar_ids=(segment.id,),
        groups=(segment.group,),
        agreeing_groups=(segment.group,),
        recurring=True,
        front=front,
        origin=Origin.MODEL,
        summary=(_sentence(segment),) if summarised else (),
    )


def _sentence(segment: Segment) -> CitedSentence:
    return CitedSentence(text=segment.text, segment_ids=(segment.id,))


def _reading(title: str, segments: Sequence[Segment]) -> ReadingInfo:
    return ReadingInfo(
        model=title,
        host=title,
        date=dt.date(2026, 5, 4),
        prompts=title,
        read=len(segments),
        unread=1,
        placed_ids=tuple(segment.id for segment in segments),
        summary=tuple(map(_sentence, segments)),
    )


def _entity(segment: Segment) -> Entity:
    mention = Mention(segment_id=segment.id, start=0, end=len(segment.text))
    also = (Spelling(written=segment.text, like=f"not {segment.text}", why=SpellingReason.CASE),)
    return Entity(id=EntityId(segment.id), name=segment.text, label=Label.PERSON, mentions=(mention,), also=also)
