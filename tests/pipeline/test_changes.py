"""What changed between two analyses: each line that changed is counted once, and nothing that is gone is quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus_records import PadId, ProblemKind
from pipeline.analysis_records import Analysis, Changes, PadProblem, Trend
from pipeline.changes import comparable, compare, pair_lines
from pipeline.segment_records import REDACTED, Checkbox, LineRole, SegmentId
from tests.support.annotated import build

LINES = (
    "the tap by the gate is shut all winter",
    "nobody waters young plants during August holidays",
    "compost bins overflow because pickup stopped",
    "hinges broke again and children climb over",
    "Sunday breakfast brought eleven new neighbours",
    "wheelbarrows vanish behind the old greenhouse",
    "our treasurer wants receipts within one week",
    "bees swarmed into somebody's chimney on Tuesday",
    "keys hang at Mira's kitchen door",
    "paths turn to mud whenever it rains",
)
"""Lines of which none is like another, nor like one of `FRESH`."""

FRESH = (
    "posters should be printed in four languages",
    "rats were seen under the shed",
    "who speaks with journalists about lead",
    "a cargo bike costs less than expected",
)
KEEP, EDIT, WITHDRAW = "keep", "edit", "withdraw"

Pads = Mapping[str, Sequence[str]]


def analysis_of(pads: Pads) -> Analysis:
    return build(_annotated(pads))[0]


def changes_of(before: Pads | Analysis, now: Pads, **today: object) -> tuple[Changes, Analysis]:
    """Return what changed, and today's analysis; `today` replaces fields of it."""
    analysis, corpus = build(_annotated(now))
    analysis = replace(analysis, **today)  # type: ignore[arg-type]  # fields of Analysis by name
    earlier = before if isinstance(before, Analysis) else analysis_of(before)
    return compare(earlier, analysis, corpus.pads), analysis


def _annotated(pads: Pads) -> dict[str, str]:
    names = enumerate(pads, start=1)
    return {f"{number} {group}": "\n".join(f"* {line}" for line in pads[group]) for number, group in names}


def summary(before: Pads | Analysis, now: Pads) -> list[tuple[str, list[str], list[str], int]]:
    """Return of each changed pad its group, the words of new and of edited lines, and how many were withdrawn."""
    changes, today = changes_of(before, now)
    text = {one.id: one.text for one in today.segments}
    return [
        (pad.group, [text[one] for one in pad.new], [text[one] for one in pad.edited], pad.withdrawn)
        for pad in changes.pads
    ]


def edited(line: str) -> str:
    first, *others = line.split(" ")
    return " ".join((first, *others[:-1], "nearly", others[-1]))


@given(
    st.permutations(LINES),
    st.lists(st.sampled_from((KEEP, KEEP, EDIT, WITHDRAW)), min_size=len(LINES), max_size=len(LINES)),
    st.lists(st.tuples(st.sampled_from(FRESH), st.integers(0, len(LINES))), unique_by=lambda one: one[0]),
)
@settings(deadline=None)
def test_every_changed_line_is_counted_exactly_once(
    lines: list[str], fates: list[str], fresh: list[tuple[str, int]]
) -> None:
    edits = [edited(line) for line, fate in zip(lines, fates, strict=True) if fate == EDIT]
    now = [edited(line) if fate == EDIT else line for line, fate in zip(lines, fates, strict=True) if fate != WITHDRAW]
    for line, place in fresh:
        now.insert(place, line)
    expected = ("Water", [one for one in now if one in FRESH], edits, fates.count(WITHDRAW))
    found = summary({"Water": lines}, {"Water": now}) or [("Water", [], [], 0)]
    assert found == [expected]


ANY_LINES = st.lists(
    st.sampled_from((*LINES[:3], "yes", "yes please", "no", "yes we need more bins", "bins")), max_size=8
)


@given(ANY_LINES, ANY_LINES)
@settings(deadline=None)
def test_whatever_was_written_no_line_is_in_two_pairs_and_the_counts_add_up(old: list[str], new: list[str]) -> None:
    before, (changes, today) = analysis_of({"Water": old}), changes_of({"Water": old}, {"Water": new})
    pairs = pair_lines(before.segments, today.segments)
    assert len({one.id for one in pairs.values()}) == len(pairs)
    added = list(chain.from_iterable((*pad.new, *pad.edited) for pad in changes.pads))
    assert len(added) == len(set(added))
    assert len(new) - len(old) == sum(len(pad.new) - pad.withdrawn for pad in changes.pads)
    if old == new:
        assert changes.pads == ()


def test_a_line_that_was_moved_has_not_changed() -> None:
    assert summary({"Water": LINES}, {"Water": LINES[::-1]}) == []


def test_a_line_with_more_written_to_it_was_edited() -> None:
    longer = f"{LINES[0]}, which is why the seedlings of the school class died in February and again in March"
    assert summary({"Water": LINES}, {"Water": [longer, *LINES[1:]]}) == [("Water", [], [longer], 0)]


def test_a_second_copy_of_a_line_is_new() -> None:
    assert summary({"Water": ["yes", "no"]}, {"Water": ["yes", "no", "yes"]}) == [("Water", ["yes"], [], 0)]


def test_lines_are_compared_within_their_pad() -> None:
    before, now = {"Water": LINES[:3], "Soil": LINES[3:5]}, {"Water": LINES[:2], "Soil": LINES[2:5]}
    assert summary(before, now) == [("Water", [], [], 1), ("Soil", [LINES[2]], [], 0)]


def test_a_pad_that_was_renamed_is_still_its_groups() -> None:
    before = analysis_of({"Water": LINES})
    renamed = replace(
        before,
        pads=tuple(replace(info, pad_id=PadId("water-old")) for info in before.pads),
        segments=tuple(
            replace(one, pad_id=PadId("water-old"), id=SegmentId(f"old-{one.line}")) for one in before.segments
        ),
    )
    assert summary(renamed, {"Water": LINES}) == []


def test_a_pad_that_is_gone_is_counted_and_named_only_if_its_group_is_known_today() -> None:
    changes, _ = changes_of({"Water": LINES, "Soil": FRESH}, {"Water": LINES})
    [gone] = changes.pads
    assert (gone.pad_id, gone.group, gone.withdrawn) == (None, "", len(FRESH))
    withheld = PadProblem(kind=ProblemKind.WITHHELD, name="soil", group="Soil")
    changes, _ = changes_of({"Water": LINES, "Soil": FRESH}, {"Water": LINES}, problems=(withheld,))
    assert [pad.group for pad in changes.pads] == ["Soil"]


def test_a_pad_that_could_not_be_read_has_not_been_withdrawn() -> None:
    unread = PadProblem(kind=ProblemKind.UNREADABLE, name="soil", group="Soil")
    changes, _ = changes_of({"Water": LINES, "Soil": FRESH}, {"Water": LINES}, problems=(unread,))
    assert changes.pads == ()


def test_a_line_that_became_a_heading_or_was_one_is_neither_withdrawn_nor_new() -> None:
    heading = f"{LINES[0]} ‖ heading"
    assert summary({"Water": LINES[:2]}, {"Water": [heading, LINES[1]]}) == []
    earlier = analysis_of({"Water": [heading, LINES[1]]})
    below = tuple(replace(one, headings=(LINES[0],)) for one in earlier.segments)
    assert summary(replace(earlier, segments=below), {"Water": LINES[:2]}) == []


def test_hiding_and_redacting_a_line_changes_nothing() -> None:
    before = analysis_of({"Water": LINES[:3]})
    _, today = changes_of(before, {"Water": LINES[:3]})
    hidden = replace(today.segments[0], role=LineRole.HIDDEN)
    changes, _ = changes_of(before, {"Water": LINES[:3]}, segments=(hidden, *today.segments[1:]))
    assert changes.pads == ()
    redacted = LINES[1].replace("young plants", REDACTED)
    assert summary(before, {"Water": [LINES[0], redacted, LINES[2]]}) == []
    assert summary({"Water": [redacted]}, {"Water": [LINES[1]]}) == []


def test_an_edited_line_that_is_hidden_is_not_shown() -> None:
    before, now = {"Water": LINES[:3]}, {"Water": [edited(LINES[0]), *LINES[1:3]]}
    _, today = changes_of(before, now)
    hidden = replace(today.segments[0], role=LineRole.HIDDEN)
    changes, _ = changes_of(before, now, segments=(hidden, *today.segments[1:]))
    assert changes.pads == ()


def test_a_step_is_done_when_its_box_is_ticked_since_and_gone_when_its_line_is() -> None:
    steps = [f"{line} ‖ action" for line in LINES[:3]]
    before = analysis_of({"Water": steps})
    _, today = changes_of(before, {"Water": steps[:2]})
    first, second = (replace(one, checkbox=Checkbox.DONE) for one in today.segments)
    before = replace(before, segments=(first, *before.segments[1:]))
    changes, _ = changes_of(before, {"Water": steps[:2]}, segments=(first, second))
    [pad] = changes.pads
    assert (pad.done, pad.withdrawn, pad.steps_gone) == ((second.id,), 1, 1)


def marked(concern: str, *lines: str) -> list[str]:
    return [f"{line} ‖ concern={concern}" for line in lines]


def trends(before: Pads, now: Pads) -> list[tuple[Trend, str, tuple[str, ...], tuple[str, ...]]]:
    changes, _ = changes_of(before, now)
    return [(one.trend, one.label, one.joined, one.left) for one in changes.concerns]


def test_a_concern_that_more_groups_raise_grew_whatever_it_is_called() -> None:
    before = {"Water": marked("tap", *LINES[:2]), "Soil": marked("tap", LINES[2]), "Kids": [LINES[4]]}
    now = {"Water": marked("water", *LINES[:2]), "Soil": marked("water", LINES[2]), "Kids": marked("water", LINES[3])}
    assert trends(before, now) == [(Trend.GREW, "water", ("Kids",), ())]
    assert trends(now, before) == [(Trend.SHRANK, "tap", (), ("Kids",))]
    assert trends(now, now) == []


def test_among_as_many_groups_a_concern_grows_by_quotes() -> None:
    before = {"Water": marked("tap", LINES[0]), "Soil": marked("tap", LINES[2])}
    now = {"Water": marked("tap", *LINES[:2]), "Soil": marked("tap", LINES[2])}
    assert [trend for trend, *_ in trends(before, now)] == [Trend.GREW]
    assert [trend for trend, *_ in trends(now, before)] == [Trend.SHRANK]


def test_a_concern_appears_with_lines_that_are_new_and_goes_with_lines_that_are_withdrawn() -> None:
    before = {"Water": [LINES[2]], "Soil": [LINES[3]]}
    now = {"Water": marked("tap", LINES[0]), "Soil": marked("tap", LINES[1])}
    assert trends(before, now) == [(Trend.APPEARED, "tap", (), ())]
    assert [trend for trend, *_ in trends(now, before)] == [Trend.WENT]


def test_a_concern_that_other_lines_were_put_into_is_counted_and_not_listed() -> None:
    plain = {"Water": LINES[:2], "Soil": [LINES[2]], "Kids": [LINES[3]]}
    two = {**plain, "Water": marked("tap", *LINES[:2]), "Soil": marked("tap", LINES[2])}
    three = {**two, "Kids": marked("tap", LINES[3])}
    for before, now in ((plain, two), (two, three), (three, two), (two, plain)):
        changes, _ = changes_of(before, now)
        assert (changes.concerns, changes.regrouped) == ((), 1)


def test_the_name_of_a_concern_that_went_is_kept_only_if_a_line_of_today_has_its_words() -> None:
    now = {"Water": marked("greenhouse", LINES[5]), "Soil": marked("greenhouse", LINES[5])}
    assert trends(now, {"Water": [LINES[5]], "Soil": []}) == [(Trend.WENT, "greenhouse", (), ())]
    assert trends(now, {"Water": [LINES[0]], "Soil": []}) == [(Trend.WENT, "", (), ())]


def test_a_concern_that_was_hidden_has_not_gone() -> None:
    before = {"Water": marked("tap", LINES[0]), "Soil": marked("tap", LINES[1])}
    plain = {"Water": [LINES[0]], "Soil": [LINES[1]]}
    _, today = changes_of(before, plain)
    hidden = tuple(replace(one, role=LineRole.HIDDEN) for one in today.segments)
    changes, _ = changes_of(before, plain, segments=hidden)
    assert changes.concerns == ()


def test_a_concern_of_one_group_is_not_worth_a_mention() -> None:
    assert trends({"Water": [LINES[0]]}, {"Water": marked("tap", LINES[0])}) == []


def test_what_is_kept_for_the_next_run_gives_the_same_changes_and_has_no_names() -> None:
    before, now = {"Water": marked("tap", *LINES[:2])}, {"Water": LINES[1:4]}
    kept = comparable(analysis_of(before))
    assert changes_of(kept, now)[0] == changes_of(before, now)[0]
    assert (kept.entities, kept.reading, [one.terms for one in kept.concerns]) == ((), None, [()])
