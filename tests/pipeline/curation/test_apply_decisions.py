"""What each decision of the facilitator does."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis_records import OrphanReason
from pipeline.anchors import Anchor
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Decision,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    Rename,
    Split,
)
from pipeline.segment_records import LineRole, Precision
from tests.support.curation_bench import GARDENS, MONEY, ROTA, TAP, Bench, called, labels, ref

DOGS = "dogs in the beds"
BINS = "compost bins are always full"


def test_without_decisions_nothing_changes() -> None:
    curated = Bench().decide()
    assert labels(curated) == ["Pays", "Rota", "Tap"]
    assert not any(one.named for one in curated.concerns)
    assert curated.outcome.decisions == curated.outcome.applied == 0


def test_a_renamed_concern_bears_the_name_and_an_id_that_comes_from_it() -> None:
    bench = Bench()
    renamed = called(bench.decide(Rename(concern=bench.draft_ref("Tap"), name="Water in winter")), "Water in winter")
    assert renamed.named
    assert bench.texts(renamed) == list(TAP)
    other = called(bench.decide(New(name="Water in winter", quotes=(bench.anchor(DOGS),))), "Water in winter")
    assert renamed.id == other.id


def test_merged_concerns_are_one() -> None:
    bench = Bench()
    merged = called(
        bench.decide(Merge(concerns=(bench.draft_ref("Pays"), bench.draft_ref("Tap")), name="Water")), "Water"
    )
    assert set(bench.texts(merged)) == {*MONEY, *TAP}


def test_quotes_that_are_split_off_leave_their_concern() -> None:
    bench = Bench()
    split = Split(concern=bench.draft_ref("Pays"), quotes=(bench.anchor(MONEY[0]),), name="Pump")
    curated = bench.decide(split)
    assert bench.texts(called(curated, "Pump")) == [MONEY[0]]
    assert bench.texts(called(curated, "Pays")) == list(MONEY[1:])


def test_a_new_concern_needs_no_quotes_and_one_of_one_group_is_shown() -> None:
    bench = Bench()
    curated = bench.decide(New(name="Later"), New(name="Dogs", quotes=(bench.anchor(DOGS),)))
    assert curated.outcome.empty == ("Later",)
    assert "Later" not in labels(curated)
    dogs = called(curated, "Dogs")
    assert (dogs.named, dogs.recurring, bench.texts(dogs)) == (True, False, [DOGS])


def test_a_quote_belongs_to_one_concern_only() -> None:
    bench = Bench()
    curated = bench.decide(Belongs(quote=bench.anchor(MONEY[0]), concern=bench.draft_ref("Tap")))
    assert bench.texts(called(curated, "Tap")) == [*TAP, MONEY[0]]
    assert bench.texts(called(curated, "Pays")) == list(MONEY[1:])
    assert called(curated, "Tap").id == called(bench.decide(), "Tap").id


def test_a_quote_that_does_not_belong_leaves_and_stays_out() -> None:
    bench = Bench()
    curated = bench.decide(NotHere(quote=bench.anchor(MONEY[0]), concern=bench.draft_ref("Pays")))
    assert bench.texts(called(curated, "Pays")) == list(MONEY[1:])


def test_a_quote_can_be_in_no_concern_at_all() -> None:
    bench = Bench()
    curated = bench.decide(NotHere(quote=bench.anchor(MONEY[0])))
    assert not any(MONEY[0] in bench.texts(one) for one in curated.concerns)


def test_what_is_not_a_concern_is_dissolved() -> None:
    bench = Bench()
    assert labels(bench.decide(NotAConcern(concern=bench.draft_ref("Pays")))) == ["Rota", "Tap"]


def test_a_hidden_quote_is_in_no_concern_and_has_the_role_hidden() -> None:
    bench = Bench()
    curated = bench.decide(HideQuote(quote=bench.anchor(MONEY[0])))
    assert [one.text for one in curated.segments if one.role is LineRole.HIDDEN] == [MONEY[0]]
    assert not any(MONEY[0] in bench.texts(one) for one in curated.concerns)
    assert curated.outcome.hidden_quotes == 1


def test_a_hidden_quote_keeps_nothing_of_its_deadline() -> None:
    first, last = dt.date(2026, 6, 1), dt.date(2026, 6, 30)
    bench = Bench()
    bench.segments = tuple(
        replace(one, due="in June", due_from=first, due_date=last, due_precision=Precision.MONTH)
        for one in bench.segments
    )
    hidden = [
        one for one in bench.decide(HideQuote(quote=bench.anchor(TAP[0]))).segments if one.role is LineRole.HIDDEN
    ]
    assert [(one.due, one.due_from, one.due_date, one.due_precision) for one in hidden] == [(None, None, None, None)]


def test_a_hidden_concern_is_not_shown_nor_are_its_quotes() -> None:
    bench = Bench()
    curated = bench.decide(HideConcern(concern=bench.draft_ref("Pays")))
    assert labels(curated) == ["Rota", "Tap"]
    assert {one.text for one in curated.segments if one.role is LineRole.HIDDEN} == set(MONEY)
    assert (curated.outcome.hidden_concerns, curated.outcome.hidden_quotes) == (1, 3)


def test_an_unnamed_concern_that_lost_all_but_one_quote_is_no_concern_any_more() -> None:
    bench = Bench()
    assert "Tap" not in labels(bench.decide(NotHere(quote=bench.anchor(TAP[0]))))


def test_of_two_contradicting_decisions_the_later_counts() -> None:
    bench = Bench()
    here, there = (Belongs(quote=bench.anchor(DOGS), concern=bench.draft_ref(label)) for label in ("Pays", "Rota"))
    assert DOGS in bench.texts(called(bench.decide(here, there), "Rota"))
    assert DOGS in bench.texts(called(bench.decide(there, here), "Pays"))
    not_there = NotHere(quote=bench.anchor(DOGS), concern=bench.draft_ref("Rota"))
    assert not any(DOGS in bench.texts(one) for one in bench.decide(there, not_there).concerns)
    assert DOGS in bench.texts(called(bench.decide(not_there, there), "Rota"))


def test_a_name_is_followed_through_renames_and_merges() -> None:
    bench = Bench()
    curated = bench.decide(
        Rename(concern=bench.draft_ref("Pays"), name="Money"),
        Rename(concern=ref("money"), name="Costs"),
        Merge(concerns=(ref("Costs"), bench.draft_ref("Tap")), name="Everything"),
        Belongs(quote=bench.anchor(DOGS), concern=ref("Money")),
    )
    assert set(bench.texts(called(curated, "Everything"))) == {*MONEY, *TAP, DOGS}
    assert curated.outcome.orphans == ()


def test_two_concerns_with_the_same_given_name_are_one() -> None:
    bench = Bench()
    curated = bench.decide(*(Rename(concern=bench.draft_ref(label), name="Same") for label in ("Pays", "Tap")))
    assert set(bench.texts(called(curated, "Same"))) == {*MONEY, *TAP}


def test_by_hand_a_label_and_the_beginning_of_a_quote_are_enough() -> None:
    bench = Bench()
    curated = bench.decide(
        Rename(concern=ref("pays"), name="Money"), Belongs(quote=Anchor(text="dogs in the"), concern=ref("Money"))
    )
    assert set(bench.texts(called(curated, "Money"))) == {*MONEY, DOGS}
    assert curated.outcome.followed == ()


def test_a_concern_that_is_named_further_down_can_be_referred_to() -> None:
    bench = Bench()
    curated = bench.decide(Belongs(quote=bench.anchor(DOGS), concern=ref("Pets")), New(name="Pets"))
    assert bench.texts(called(curated, "Pets")) == [DOGS]


def test_a_label_of_the_program_gives_way_to_the_same_given_name() -> None:
    bench = Bench()
    curated = bench.decide(New(name="Pays", quotes=(bench.anchor(DOGS),)))
    assert sorted(labels(curated)) == ["Pays", "Pays-2", "Rota", "Tap"]
    assert called(curated, "Pays").named


def test_a_decision_about_an_unknown_concern_is_an_orphan_with_a_similar_name() -> None:
    outcome = Bench().decide(NotAConcern(concern=ref("Pay"))).outcome
    (orphan,) = outcome.orphans
    assert (orphan.decision.number, outcome.applied) == (1, 0)
    assert (orphan.why, orphan.value, orphan.similar) == (OrphanReason.UNKNOWN_CONCERN, "Pay", "Pays")


def test_each_pad_that_is_gone_is_named_even_if_the_decision_has_a_name() -> None:
    quotes = tuple(Anchor(pad=pad, text="smoke", sha="0" * 16) for pad in ("Barn", "Shed"))
    outcome = Bench().decide(New(name="Smoke", quotes=quotes)).outcome
    assert [(orphan.why, orphan.value) for orphan in outcome.orphans] == [
        (OrphanReason.PAD_GONE, "Barn"),
        (OrphanReason.PAD_GONE, "Shed"),
    ]


def test_an_orphan_says_where_the_quote_was_but_never_repeats_it() -> None:
    bench = Bench()
    anchor = bench.anchor(MONEY[0])
    gone = Bench({**GARDENS, "Water": GARDENS["Water"].replace(MONEY[0], "quite another matter altogether")})
    outcome = gone.decide(New(name="Money", quotes=(anchor,))).outcome
    (orphan,) = outcome.orphans
    assert (orphan.why, orphan.value) == (OrphanReason.QUOTE_GONE, None)
    assert MONEY[0] not in str(orphan)
    assert gone.quote("quite another matter altogether").id in [*orphan.near, gone.segments[2].id]


@pytest.mark.parametrize("label", ("Pays", "Rota", "Tap"))
def test_a_named_concern_outlives_a_clustering_that_parts_its_quotes(label: str) -> None:
    bench = Bench()
    rename = Rename(concern=bench.draft_ref(label), name="Ours")
    other_model = Bench(concerns={"Mixed": (MONEY[0], ROTA[0], TAP[0])})
    ours = called(other_model.decide(rename), "Ours")
    assert set(bench.clusters[label]) <= set(other_model.texts(ours))
    nothing_found = Bench(concerns={})
    assert set(nothing_found.texts(called(nothing_found.decide(rename), "Ours"))) == set(bench.clusters[label])


def test_two_named_concerns_that_a_new_model_puts_together_stay_two() -> None:
    bench = Bench()
    names = [
        Rename(concern=bench.draft_ref("Pays"), name="Money"),
        Rename(concern=bench.draft_ref("Tap"), name="Water"),
    ]
    other_model = Bench(concerns={"All": (*MONEY, *TAP)})
    curated = other_model.decide(*names)
    assert set(other_model.texts(called(curated, "Money"))) == set(MONEY)
    assert set(other_model.texts(called(curated, "Water"))) == set(TAP)


BENCH = Bench()
TEXTS = [one.text for one in BENCH.segments]
quotes = st.sampled_from(TEXTS).map(BENCH.anchor)
names = st.sampled_from(["Money", "Water", "Pays", "x"])
refs = st.one_of(
    st.sampled_from(["Pays", "Rota", "Tap"]).map(BENCH.draft_ref), names.map(lambda name: ConcernRef(name=name))
)
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Rename, concern=refs, name=names),
    st.builds(Merge, concerns=st.tuples(refs, refs), name=names),
    st.builds(Split, concern=refs, quotes=st.tuples(quotes), name=names),
    st.builds(New, name=names, quotes=st.lists(quotes, max_size=2).map(tuple)),
    st.builds(Belongs, quote=quotes, concern=refs),
    st.builds(NotHere, quote=quotes, concern=st.none() | refs),
    st.builds(NotAConcern, concern=refs),
    st.builds(HideQuote, quote=quotes),
    st.builds(HideConcern, concern=refs),
)


@given(st.lists(decisions, max_size=8))
def test_whatever_is_decided_each_quote_is_in_one_concern_at_most_and_labels_and_ids_are_unique(
    made: list[Decision],
) -> None:
    curated = BENCH.decide(*made)
    placed = [member for one in curated.concerns for member in one.segment_ids]
    assert len(placed) == len(set(placed))
    assert len({one.label.casefold() for one in curated.concerns}) == len(curated.concerns)
    assert len({one.id for one in curated.concerns}) == len(curated.concerns)
    assert [one.id for one in curated.segments] == [one.id for one in BENCH.segments]
    hidden = {one.id for one in curated.segments if one.role is LineRole.HIDDEN}
    assert not hidden & set(placed)
    assert all(one.segment_ids and set(one.exemplar_ids) <= set(one.segment_ids) for one in curated.concerns)


@given(st.permutations(range(4)))
def test_the_order_of_decisions_about_different_things_does_not_matter(order: list[int]) -> None:
    made: list[Decision] = [
        Rename(concern=BENCH.draft_ref("Pays"), name="Money"),
        Belongs(quote=BENCH.anchor(DOGS), concern=BENCH.draft_ref("Tap")),
        HideQuote(quote=BENCH.anchor(ROTA[0])),
        New(name="Bins", quotes=(BENCH.anchor(BINS),)),
    ]
    shuffled = BENCH.decide(*(made[place] for place in order))
    assert sorted(shuffled.concerns, key=lambda one: one.id) == sorted(
        BENCH.decide(*made).concerns, key=lambda one: one.id
    )


own_names = st.sampled_from(["Money", "Water", "x"])
repeatable: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Belongs, quote=quotes, concern=own_names.map(ref)),
    st.builds(HideQuote, quote=quotes),
    st.builds(New, name=own_names, quotes=st.lists(quotes, max_size=2).map(tuple)),
)


@given(st.lists(repeatable, max_size=6))
def test_decisions_made_twice_are_made_once(made: list[Decision]) -> None:
    once, twice = BENCH.decide(*made), BENCH.decide(*made, *made)
    assert once.segments == twice.segments
    assert {(one.label, one.segment_ids) for one in once.concerns} == {
        (one.label, one.segment_ids) for one in twice.concerns
    }


@given(st.lists(decisions, max_size=6), st.integers(0, 3), st.text(alphabet="abc ", min_size=3, max_size=12))
def test_a_line_more_leaves_every_decision_in_place(made: list[Decision], line: int, text: str) -> None:
    lines = GARDENS["Water"].split("\n")
    more = Bench({**GARDENS, "Water": "\n".join((*lines[:line], f"* zz{text.strip()}", *lines[line:]))})
    before, after = BENCH.decide(*made), more.decide(*made)
    assert after.outcome.orphans == before.outcome.orphans
    assert {(one.label, tuple(BENCH.texts(one))) for one in before.concerns} == {
        (one.label, tuple(more.texts(one))) for one in after.concerns
    }


def test_a_split_into_the_concern_s_own_name_leaves_it_one() -> None:
    bench = Bench()
    split = Split(concern=bench.draft_ref("Pays"), quotes=(bench.anchor(TAP[0]),), name="Money")
    curated = bench.decide(Rename(concern=bench.draft_ref("Pays"), name="Money"), split)
    assert set(bench.texts(called(curated, "Money"))) == {*MONEY, TAP[0]}


def test_what_was_merged_can_be_split_off_again_under_its_old_name() -> None:
    bench = Bench()
    curated = bench.decide(
        Rename(concern=bench.draft_ref("Tap"), name="Water"),
        Merge(concerns=(bench.draft_ref("Pays"), ref("Water")), name="Money"),
        Split(concern=ref("Money"), quotes=tuple(map(bench.anchor, TAP)), name="Water"),
    )
    assert {one.label: set(bench.texts(one)) for one in curated.concerns if one.named} == {
        "Money": set(MONEY),
        "Water": set(TAP),
    }
