"""The picture of which groups share a concern: nothing overlaps or leaves the frame, and nobody is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from gettext import NullTranslations
from itertools import pairwise

from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.concern_picture import (
    LABEL_SIZE,
    LEFT,
    LINE,
    MOST_COLUMNS,
    MOST_ROWS,
    WIDTH,
    ConcernPicture,
    concern_picture,
    text_width,
    wrap,
)
from pipeline.report.quote_sources import group_marks
from pipeline.report.report_records import ConcernView, GroupCount
from pipeline.report.report_view import build as build_view
from pipeline.translation import Translation, translation
from tests.support.annotated import build

ENGLISH = translation()
ARABIC = Translation("ar", Locale("ar"), NullTranslations())
[ROTA] = build_view(
    *build(dict.fromkeys(("1 Water", "2 Soil"), "* a rota would help ‖ concern=rota")), ENGLISH
).recurring
ROOM = (WIDTH - LEFT) / LABEL_SIZE


def concern(label: str, quotes: Mapping[str, int], silent: Sequence[str] = ()) -> ConcernView:
    """A concern with so many quotes of each group; `silent` groups wrote nothing."""
    groups = group_marks([*quotes, *silent])
    counts = tuple(
        GroupCount(
            group=group,
            count=quotes.get(group.name, 0),
            weight=min(quotes.get(group.name, 0), 3),
            wrote=group.name in quotes,
        )
        for group in groups
    )
    raised = sum(own.count > 0 for own in counts)
    return replace(ROTA, label=label, raised=raised, strength=f"{raised} of {len(quotes)} groups", counts=counts)


def picture(concerns: Sequence[ConcernView], language: Translation = ENGLISH) -> ConcernPicture:
    drawn = concern_picture(concerns, language)
    assert drawn is not None
    return drawn


@st.composite
def events(draw: st.DrawFn, most_groups: int = MOST_COLUMNS) -> list[ConcernView]:
    wrote = draw(st.integers(2, most_groups))
    silent = [f"Silent {number}" for number in range(draw(st.integers(0, most_groups - wrote)))]
    names = [f"{draw(st.sampled_from(['Water', 'Müll', 'WW', '水']))} {number}" for number in range(wrote)]
    counts = st.lists(st.integers(0, 9), min_size=wrote, max_size=wrote).filter(
        lambda all_of: sum(map(bool, all_of)) > 1
    )
    labels = st.text(min_size=1, max_size=90)
    number = draw(st.integers(2, MOST_ROWS + 3))
    return [concern(draw(labels), dict(zip(names, draw(counts), strict=True)), silent) for _ in range(number)]


@given(events())
@settings(max_examples=40)
def test_nothing_leaves_the_frame_or_lies_on_something_else(concerns: list[ConcernView]) -> None:
    drawn = picture(concerns)
    first, last = drawn.rows[0], drawn.rows[-1]
    assert all(column.left >= LEFT - 0.1 and column.left + column.width <= WIDTH + 0.1 for column in drawn.columns)
    assert max(column.top + LINE for column in drawn.columns) <= first.top
    assert last.top + last.height <= drawn.height
    for top in {column.top for column in drawn.columns}:
        in_line = sorted((column.left, column.width) for column in drawn.columns if column.top == top)
        assert all(left + width <= following + 0.2 for (left, width), (following, _) in pairwise(in_line))
    for above, below in pairwise(drawn.rows):
        assert above.top + above.height == below.top
    for row in drawn.rows:
        marks = sorted((place.x, place.radius) for place in row.places)
        assert all(x - radius >= LEFT and x + radius <= WIDTH for x, radius in marks)
        assert all(x + radius <= following - other for (x, radius), (following, other) in pairwise(marks))
        assert all(line.y < row.y - max(radius for _, radius in marks) for line in row.label)
        assert row.y + max(radius for _, radius in marks) <= row.top + row.height


@given(events())
@settings(max_examples=40)
def test_every_group_has_its_place_and_every_count_is_named(concerns: list[ConcernView]) -> None:
    drawn = picture(concerns)
    assert len(drawn.rows) + drawn.more == len(concerns)
    assert [column.group for column in drawn.columns if column.wrote] == [
        own.group for own in concerns[0].counts if own.wrote
    ]
    for row in drawn.rows:
        raised = {own.group for own in row.concern.counts if own.count}
        assert {place.group for place in row.places} == raised
        assert len(row.places) == row.concern.raised
        assert len(row.places) + len(row.blanks) == drawn.wrote
        assert row.name.startswith(row.concern.label)
        assert all(f"{own.group.name} {own.count}" in row.name for own in row.concern.counts if own.count)


@given(events())
@settings(max_examples=20)
def test_it_is_mirrored_where_text_runs_to_the_left(concerns: list[ConcernView]) -> None:
    there, back = picture(concerns), picture(concerns, ARABIC)
    for left, right in zip(there.columns, back.columns, strict=True):
        assert abs(left.x + right.x - WIDTH) < 0.2
    assert (back.start, back.track) == (WIDTH - LEFT, (0, WIDTH - LEFT))


def test_the_strongest_come_first_and_the_others_are_counted() -> None:
    two, three = {"A": 1, "B": 1, "C": 0}, {"A": 1, "B": 1, "C": 1}
    drawn = picture([concern("some", two), concern("all", three), *(concern("more", two) for _ in range(MOST_ROWS))])
    assert [row.concern.label for row in drawn.rows][:3] == ["all", "some", "more"]
    assert drawn.more == 2


def test_more_quotes_make_a_larger_mark() -> None:
    row = picture([concern("c", {"A": 1, "B": 2, "C": 9, "D": 0})] * 2).rows[0]
    small, medium, large = (place.radius for place in row.places)
    assert small < medium < large


def test_groups_that_wrote_nothing_are_set_apart() -> None:
    drawn = picture([concern("c", {"A": 1, "B": 1}, silent=["C"])] * 2)
    assert [column.wrote for column in drawn.columns] == [True, True, False]
    a, b, c = (column.x for column in drawn.columns)
    assert c - b == 1.5 * (b - a)
    assert drawn.rows[0].blanks == ()


def test_with_many_groups_bars_say_how_many_raised_a_concern() -> None:
    groups = {f"Group {number}": number % 2 for number in range(60)}
    all_of_them = dict.fromkeys(groups, 1)
    every, half = picture([concern("half", groups), concern("every", all_of_them)]).rows
    assert (every.bar, half.bar) == ((LEFT, WIDTH - LEFT), (LEFT, (WIDTH - LEFT) / 2))
    assert half.name == "half – 30 of 60 groups"
    assert not half.places


def test_without_two_concerns_there_is_no_picture() -> None:
    assert concern_picture([], ENGLISH) is None
    assert concern_picture([concern("c", {"A": 1, "B": 1})], ENGLISH) is None


@given(st.text(max_size=120))
def test_a_label_is_in_at_most_two_lines_that_fit(label: str) -> None:
    lines = wrap(label, ROOM)
    assert len(lines) <= 2
    assert all(text_width(line) <= ROOM for line in lines)
    whole = "".join(label.split())
    shown = "".join("".join(lines).split())
    assert shown == whole or whole.startswith(shown.removesuffix("…"))


def test_a_label_is_cut_between_words_and_says_that_it_is_cut() -> None:
    assert wrap("Keys", 10) == ["Keys"]
    assert wrap("Who keeps the keys of the barn", 10) == ["Who keeps the keys", "of the barn"]
    assert wrap("Who keeps the keys of the barn and the shed", 10) == ["Who keeps the keys", "of the barn and…"]
    assert wrap("Donaudampfschifffahrtsgesellschaft", 10) == ["Donaudampfschifffa", "hrtsgesellschaft"]


def test_a_label_that_runs_against_the_report_begins_at_its_own_side() -> None:
    labels = ["مفاتيح المخزن", "Keys", "123"]
    rows = picture([concern(label, {"A": 1, "B": 1}) for label in labels]).rows
    assert [[line.against for line in row.label] for row in rows] == [[True], [False], [False]]
