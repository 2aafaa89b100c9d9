"""A quote that was decided about is found again, whatever happens around it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadId
from pipeline.analysis_records import OrphanReason
from pipeline.anchors import EXCERPT, Anchor, AnchorFinder, Lost, Placed, anchor_of
from tests.support.curation_bench import GARDENS, Bench

BENCH = Bench()


def find(bench: Bench, anchor: Anchor) -> tuple[str, bool] | None:
    place = AnchorFinder(bench.segments, {}).find(anchor)
    return (bench.by_id[place.segment_id].text, place.edited) if isinstance(place, Placed) else None


def with_water(text: str) -> Bench:
    return Bench({**GARDENS, "Water": text})


def test_an_anchor_has_the_words_the_place_and_the_neighbours() -> None:
    middle, first = BENCH.anchor("the pump breaks every spring"), BENCH.anchor("the tap is shut all winter")
    assert (middle.pad, middle.line, middle.text) == ("water", 2, "the pump breaks every spring")
    assert (first.before, first.after) == ("", middle.sha)


def test_a_secret_anchor_does_not_repeat_the_words() -> None:
    assert anchor_of(BENCH.segments[0], BENCH.segments, secret=True).text is None


@given(st.permutations(GARDENS["Water"].rstrip("\n").split("\n")), st.lists(st.sampled_from("uvxyz"), max_size=4))
def test_moved_lines_and_new_ones_between_lose_no_quote(lines: list[str], new: list[str]) -> None:
    moved = with_water("\n".join((*lines, *(f"* {letter * 5}" for letter in new))))
    for one in BENCH.segments:
        assert find(moved, BENCH.anchor(one.text)) == (one.text, False)


def test_a_quote_that_was_edited_is_followed() -> None:
    edited = with_water(GARDENS["Water"].replace("breaks every spring", "breaks nearly every spring"))
    assert find(edited, BENCH.anchor("the pump breaks every spring")) == ("the pump breaks nearly every spring", True)


def test_a_large_edit_is_followed_between_unchanged_neighbours() -> None:
    lines = "* the tap is shut all winter\n{}\n* who pays for the pump\n"
    near = with_water(lines.format("* our pump breaks in spring, always"))
    assert find(near, BENCH.anchor("the pump breaks every spring")) == ("our pump breaks in spring, always", True)


def test_a_similar_quote_elsewhere_is_not_taken_for_a_deleted_one() -> None:
    gone = with_water(GARDENS["Water"].replace("* who pays for the pump\n", ""))
    place = AnchorFinder(gone.segments, {}).find(BENCH.anchor("who pays for the pump"))
    assert isinstance(place, Lost)
    assert find(gone, replace(BENCH.anchor("who pays for the pump"), pad=None)) != ("who pays for a new gate", False)


def test_a_quote_with_a_decision_of_its_own_is_never_taken_for_an_edit_of_another() -> None:
    close = with_water("* the pump breaks every summer\n")
    other = close.anchor("the pump breaks every summer")
    old = BENCH.anchor("the pump breaks every spring")
    assert isinstance(AnchorFinder(close.segments, {}, [old]).find(old), Placed)
    assert isinstance(AnchorFinder(close.segments, {}, [old, other]).find(old), Lost)


def test_a_quote_in_a_pad_that_was_renamed_is_found_there() -> None:
    renamed = Bench({"Brook": GARDENS["Water"], "Soil": GARDENS["Soil"], "Kids": GARDENS["Kids"]})
    assert find(renamed, BENCH.anchor("the tap is shut all winter")) == ("the tap is shut all winter", True)


def test_of_two_quotes_with_the_same_words_the_one_beside_its_neighbours_is_found() -> None:
    twice = with_water("* a line\n* again\n* more of it\n* other line\n* again\n* the end\n")
    first, second = (one for one in twice.segments if one.text == "again")
    for one in (first, second):
        place = AnchorFinder(twice.segments, {}).find(anchor_of(one, twice.segments))
        assert isinstance(place, Placed)
        assert place.segment_id == one.id


def test_an_anchor_without_words_is_found_between_its_neighbours() -> None:
    secret = anchor_of(BENCH.quote("the pump breaks every spring"), BENCH.segments, secret=True)
    edited = with_water(GARDENS["Water"].replace("the pump breaks every spring", "nothing like it"))
    assert find(edited, secret) == ("nothing like it", True)


def test_a_long_quote_is_found_by_its_beginning_when_its_end_was_edited() -> None:
    long = "the " + "very " * 50 + "end"
    before, after = with_water(f"* {long}\n"), with_water(f"* {long} of it all\n")
    anchor = before.anchor(long)
    assert anchor.text is not None
    assert len(anchor.text) == EXCERPT
    assert find(after, anchor) == (f"{long} of it all", True)


def test_a_beginning_written_by_hand_is_enough_unless_two_quotes_begin_so() -> None:
    assert find(BENCH, Anchor(text="the tap is")) == ("the tap is shut all winter", False)
    assert isinstance(AnchorFinder(BENCH.segments, {}).find(Anchor(text="who pays for")), Lost)
    assert find(BENCH, Anchor(pad=PadId("kids"), text="who pays for")) == ("who pays for a new gate", False)


def test_a_quote_that_is_nowhere_is_lost_with_the_most_similar_quotes() -> None:
    place = AnchorFinder(BENCH.segments, {}).find(
        Anchor(pad="water", text="a tap that is closed in winter", sha="0" * 16)
    )
    assert isinstance(place, Lost)
    assert [BENCH.by_id[one].text for one in place.near][:1] == ["the tap is shut all winter"]


def test_a_quote_of_a_pad_that_is_gone_is_lost_for_that_reason() -> None:
    place = AnchorFinder(BENCH.segments, {}).find(Anchor(pad="fire", text="smoke", sha="0" * 16))
    assert place == Lost(why=OrphanReason.PAD_GONE)


@given(st.text(min_size=1, max_size=60))
def test_any_text_has_an_anchor_that_finds_it(text: str) -> None:
    one = replace(BENCH.segments[0], text=text)
    segments = (one, *BENCH.segments[1:])
    place = AnchorFinder(segments, {}).find(anchor_of(one, segments))
    assert isinstance(place, Placed)
