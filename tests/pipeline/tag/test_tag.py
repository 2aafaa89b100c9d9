"""What holds for the tags of any text: order, places, verbatim words, determinism."""

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment_records import Kind, Label, LineRole
from pipeline.tag import tag
from pipeline.text import core, mask_unreadable
from tests.support.hostile import ANY_TEXT
from tests.support.tag_cases import make_segment

EVENT = dt.date(2018, 4, 22)
NOTES = st.lists(
    st.sampled_from(
        [
            *("Ana", "and", "Joan", "will", "@ana", "[", "]", "(Ana)", "(", ")", "by", "end", "of", "May", "2018", "?"),
            *("TODO:", "Q:", "https://example.org", "|", "GitHub", "Foundation", "Present:", ",", "the", "University"),
            *("12/6", "ß", "İ", "😀", "-", "**", "decided"),
        ]
    ),
    max_size=14,
).map(" ".join)


@given(st.lists(st.tuples(ANY_TEXT | NOTES, st.sampled_from(LineRole), st.sampled_from(Kind)), max_size=5))
def test_segments_keep_order_and_place_and_owners_and_deadlines_are_verbatim(
    lines: list[tuple[str, LineRole, Kind]],
) -> None:
    segments = [make_segment(n, text, role=role, kind=kind) for n, (text, role, kind) in enumerate(lines)]
    tagged = tag(segments, EVENT)
    assert len(tagged.segments) == len(segments)
    for before, after in zip(segments, tagged.segments, strict=True):
        same = {
            **dict.fromkeys(("owner", "due", "due_date", "due_from", "due_precision")),
            "kind": before.kind,
        }
        assert dataclasses.replace(after, **same) == before  # type: ignore[arg-type]
        assert (after.owner or "") in after.text
        assert (after.due or "") in after.text
        assert after.owner is None or after.owner.strip() == after.owner != ""
    texts = {segment.id: segment.text for segment in segments}
    for entity in tagged.entities:
        assert entity.mentions
        for mention in entity.mentions:
            assert 0 <= mention.start < mention.end <= len(texts[mention.segment_id])


@given(ANY_TEXT)
def test_blanking_marks_and_addresses_keeps_every_offset(text: str) -> None:
    plain = mask_unreadable(text)
    assert len(plain) == min(len(text), 2000)
    assert all(new in (old, " ", "\x1a", "\ufffd") for old, new in zip(text, plain, strict=False))
    assert len(core(text).split()) <= len(text)


@given(st.lists(NOTES, max_size=6))
def test_no_two_mentions_of_a_line_overlap(lines: list[str]) -> None:
    entities = tag([make_segment(number, text) for number, text in enumerate(lines)], EVENT).entities
    spans = sorted((m.segment_id, m.start, m.end) for entity in entities for m in entity.mentions)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))


def test_no_segments_give_no_tags() -> None:
    assert tag([], EVENT).segments == ()
    assert tag([], EVENT).entities == ()


def test_a_very_long_line_is_tagged_at_its_beginning_only() -> None:
    text = "Ana was here " * 20_000
    [entity] = tag([make_segment(1, text)], EVENT).entities
    assert entity.label is Label.PERSON
    assert len(entity.mentions) < 200


def test_the_result_does_not_depend_on_the_hash_seed() -> None:
    script = """
from tests.support.tag_cases import make_segment
from pipeline.tag import tag
lines = ["Present: Salt, Ana García, Quim", "Ana and Joan to write to WMF by May", "WMF, GitHub, Salt; Ana Garcia",
         "Daniel, Daniela and Danielle", "the Northern Garden Foundation (NGF)", "NGF in Porto, 3 May"]
print(tag([make_segment(n, t, group=str(n % 3)) for n, t in enumerate(lines)], None))
"""
    seeds = ("0", "1", "42")
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", script],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        for seed in seeds
    }
    assert len(outputs) == 1


def test_relative_dates_are_entities_only_with_their_days_and_a_statements_month_may_be_past() -> None:
    lines = ["the gate was shut yesterday, today and in 3 weeks", "shut next week and on 3 May", "open since May 2015"]
    segments = [make_segment(number, text) for number, text in enumerate(lines)]
    seen = {
        date: {entity.name: (entity.first_day, entity.last_day) for entity in tag(segments, date).entities}
        for date in (EVENT, None)
    }
    of_2015 = dt.date(2015, 5, 1), dt.date(2015, 5, 31)
    assert seen[None] == {"3 May": (None, None), "May 2015": of_2015}
    assert seen[EVENT] == {
        "yesterday": (dt.date(2018, 4, 21), dt.date(2018, 4, 21)),
        "today": (EVENT, EVENT),
        "in 3 weeks": (dt.date(2018, 5, 13), dt.date(2018, 5, 13)),
        "next week": (dt.date(2018, 4, 23), dt.date(2018, 4, 29)),
        "3 May": (None, None),
        "May 2015": of_2015,
    }
