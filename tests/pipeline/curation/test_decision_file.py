"""curation.toml: read with plain words for mistakes, written without touching what people wrote."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.errors import UserMistake
from pipeline.anchors import Anchor
from pipeline.curation.decision_file import _to_toml, add, parse, read_curation, remove
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Curation,
    Decision,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Split,
    StateDue,
    StateKind,
    StateOwner,
)
from pipeline.curation.redaction import redact_quote, redact_words
from pipeline.segment_records import Kind
from tests.support.curation_bench import Bench, labels
from tests.support.damaged import as_toml, assert_plain, damaged, damaged_text

BENCH = Bench()
ANCHOR = BENCH.anchor("dogs in the beds")
REF = ConcernRef(name="Tap")
EVERY: tuple[Decision, ...] = (
    Rename(concern=BENCH.draft_ref("Pays"), name='Who "pays"\n'),
    Merge(concerns=(REF, BENCH.draft_ref("Tap")), name="Water"),
    Split(concern=REF, quotes=(ANCHOR,), name="Dogs"),
    New(name="Nothing yet"),
    New(name="Dogs", quotes=(ANCHOR,)),
    Belongs(quote=ANCHOR, concern=REF),
    Belongs(quote=ANCHOR, concern=REF, also=True),
    NotHere(quote=ANCHOR, concern=BENCH.draft_ref("Rota")),
    NotHere(quote=ANCHOR),
    NotAConcern(concern=REF),
    HideQuote(quote=ANCHOR),
    HideConcern(concern=REF),
    redact_words("Zelda Quark"),
    redact_quote(BENCH.segments[0], BENCH.segments),
    Same(names=("Ana", "Ana García")),
    NotSame(names=("Ana", "Ana García")),
    *(StateKind(quote=ANCHOR, kind=kind) for kind in Kind),
    StateOwner(quote=ANCHOR, owner='dogs "in"'),
    StateOwner(quote=ANCHOR, owner=""),
    StateDue(quote=ANCHOR, due="in the beds"),
    StateDue(quote=ANCHOR, due=""),
)

FIRST = '[[decision]]\ndo = "new"\nname = "a"\n'
BELONGS = '[[decision]]\ndo = "belongs"\n'
KIND = '[[decision]]\ndo = "kind"\nquote = "a"\n'
MISTAKES = {
    "x = 1": "x is not known here",
    "decision = 3": "decision: expected tables that begin with [[decision]]",
    "[[decision": "is not TOML",
    "[[decision]]\n": 'decision 1: do is missing; expected one of "rename"',
    '[[decision]]\ndo = "renam"\n': "decision 1: do = 'renam' is not known",
    '[[decision]]\ndo = ["new"]\n': "decision 1: do = ['new'] is not known",
    f'{FIRST}[[decision]]\ndo = "rename"\nconcern = "a"\n': "decision 2 (rename): name is missing",
    '[[decision]]\ndo = "rename"\nconcern = "a"\nnam = "b"\n': "nam is not a known key; did you mean name?",
    '[[decision]]\ndo = "rename"\nconcern = "a"\nname = 3\n': 'name: expected text in quotes, like "…", not 3',
    '[[decision]]\ndo = "new"\nname = " "\n': "name: expected words",
    '[[decision]]\ndo = "new"\nname = "a"\nquotes = "b"\n': "quotes: expected a list",
    '[[decision]]\ndo = "merge"\nconcerns = ["a"]\nname = "b"\n': "concerns: has too few entries",
    f'{BELONGS}quote = {{ txt = "a" }}\nconcern = "b"\n': "quote txt is not a known key; did you mean text?",
    f'{KIND}kind = "step"\n': """kind: expected "statement", "question", "action", "decision" or "other", not 'step'""",
    KIND: "decision 1 (kind): kind is missing",
    '[[decision]]\ndo = "owner"\nquote = "a"\nowner = " "\n': "owner: expected words",
    '[[decision]]\ndo = "owner"\nquote = "a"\n': "decision 1 (owner): owner is missing",
    '[[decision]]\ndo = "due"\nquote = "a"\ndue = 3\n': 'due: expected text in quotes, like "…", not 3',
    '[[decision]]\ndo = "due"\nquote = "a"\nowner = "b"\n': "owner is not a known key",
    '[[decision]]\ndo = "redact"\nwords = "–"\n': "words: there is no letter or digit in it",
    '[[decision]]\ndo = "redact"\nwords = ""\n': "words: there is no letter or digit in it",
    '[[decision]]\ndo = "redact"\nwords = ["Zelda Quark"]\n': 'words: expected text in quotes, like "…".',
    '[[decision]]\ndo = "redact"\n': "decision 1 (redact): words is missing",
    '[[decision]]\ndo = "redact"\nwords = "a"\ncount = 1\n': "count is not a known key; known keys are words",
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.items())
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_decision(text: str, sentence: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        parse(text, Path("corpus/fair/curation.toml"))
    assert str(mistake.value).startswith("corpus/fair/curation.toml: ")
    assert sentence in str(mistake.value)
    assert "\n" not in str(mistake.value)
    assert "Zelda" not in str(mistake.value)


def test_without_a_file_there_are_no_decisions(tmp_path: Path) -> None:
    assert read_curation(tmp_path / "curation.toml") == Curation()


def test_each_decision_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    for number, decision in enumerate(EVERY, 1):
        assert add(path, decision) == number
    assert read_curation(path).decisions == EVERY
    for number, decision in reversed(list(enumerate(EVERY, 1))):
        assert remove(path, number) == decision
    assert read_curation(path) == Curation()


def test_redacted_words_are_not_repeated_in_the_file(tmp_path: Path) -> None:
    add(tmp_path / "curation.toml", redact_words("Zelda Quark"))
    text = (tmp_path / "curation.toml").read_text(encoding="utf-8").casefold()
    assert "zelda" not in text
    assert "quark" not in text


def test_by_hand_redacted_words_may_be_written_out() -> None:
    by_hand = parse('[[decision]]\ndo = "redact"\nwords = "zelda QUARK"\n', Path("curation.toml"))
    assert by_hand.decisions == (redact_words("Zelda Quark"),)


def test_by_hand_facts_are_given_with_the_beginning_of_a_quote() -> None:
    text = (
        '[[decision]]\ndo = "kind"\nquote = "dogs"\nkind = "action"\n'
        '[[decision]]\ndo = "owner"\nquote = { pad = "water", text = "dogs" }\nowner = "Ana"\n'
        '[[decision]]\ndo = "due"\nquote = "dogs"\ndue = ""\n'
    )
    assert parse(text, Path("curation.toml")).decisions == (
        StateKind(quote=Anchor(text="dogs"), kind=Kind.ACTION),
        StateOwner(quote=Anchor(pad="water", text="dogs"), owner="Ana"),
        StateDue(quote=Anchor(text="dogs"), due=""),
    )


BY_HAND = """\
# Spring fair, decided with Ana on the phone

[[decision]]   # first of all
do = 'rename'
concern = "Tap"   # as the report calls it
name = "Water"
# the next one is not sure

[[ decision ]]
do = "belongs"
quote = "dogs in the beds"
concern = "Water"

# ask Ben about more
"""


def test_what_people_wrote_in_the_file_stays_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_bytes(BY_HAND.encode())
    add(path, New(name="Later"))
    assert path.read_bytes().startswith(BY_HAND.encode())
    remove(path, 3)
    assert path.read_text(encoding="utf-8").rstrip("\n") == BY_HAND.rstrip("\n")
    remove(path, 1)
    kept = path.read_text(encoding="utf-8")
    for comment in ("# Spring fair", "# the next one is not sure", "# ask Ben", 'quote = "dogs in the beds"'):
        assert comment in kept
    remove(path, 1)
    assert "# ask Ben about more" in path.read_text(encoding="utf-8")
    assert read_curation(path) == Curation()


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode())
    assert len(read_curation(path).decisions) == 2
    assert add(path, New(name="Later")) == 3
    assert len(read_curation(path).decisions) == 3


def test_a_file_with_a_mistake_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_text("[[decision]]\n", encoding="utf-8")
    with pytest.raises(UserMistake):
        add(path, New(name="Later"))
    assert path.read_text(encoding="utf-8") == "[[decision]]\n"


def test_a_decision_that_does_not_exist_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="has no decision 1; it has 0"):
        remove(tmp_path / "curation.toml", 1)


def test_decisions_written_as_an_inline_list_are_not_changed_by_the_program(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_text('decision = [{ do = "new", name = "a" }]\n', encoding="utf-8")
    for change in (lambda: add(path, New(name="b")), lambda: remove(path, 1)):
        with pytest.raises(UserMistake):
            change()
    assert read_curation(path).decisions == (New(name="a"),)


FIRST_VERSION = """\
# What the facilitator decided about this event, oldest first; docs/curation.md in Padharvest's folder explains it.

[[decision]]
do = "rename"
concern = { name = "Tap", quotes = [
  { pad = "water", line = 1, text = "the tap is shut", sha = "0123456789abcdef", before = "", after = "fedcba98" },
] }
name = "Water in winter"

[[decision]]
do = "belongs"
quote = { pad = "water", line = 4, text = "dogs in the beds", sha = "00112233", before = "fedcba98", after = "" }
concern = "Water in winter"

[[decision]]
do = "redact"
sha = "00112233445566bb"
count = 2
"""


def test_a_file_that_the_first_version_wrote_is_read_and_extended(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_text(FIRST_VERSION, encoding="utf-8")
    assert [type(decision) for decision in read_curation(path).decisions] == [Rename, Belongs, Redact]
    add(path, New(name="Later"))
    assert path.read_text(encoding="utf-8").startswith(FIRST_VERSION)


text = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda value: value.strip() != "")


@given(text, text)
def test_hostile_names_and_quotes_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, words: str
) -> None:
    path = tmp_path_factory.mktemp("fair") / "curation.toml"
    decision = New(name=name, quotes=(Anchor(pad=words, text=words),))
    add(path, decision)
    add(path, New(name='[[decision]]\ndo = "new"\n'))
    assert read_curation(path).decisions[0] == decision
    remove(path, 1)
    assert len(read_curation(path).decisions) == 1


@given(st.binary(max_size=200))
def test_any_file_is_decisions_or_a_plain_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("fair") / "curation.toml"
    path.write_bytes(data)
    try:
        outcome = str(path) if read_curation(path) else ""
    except UserMistake as mistake:
        outcome = str(mistake)
    assert str(path) in outcome


WHOLE = [tomllib.loads(_to_toml(decision))["decision"][0] for decision in EVERY]
FEW = st.lists(st.sampled_from(WHOLE), min_size=1, max_size=3)
ANY_FILE = st.one_of(
    FEW.flatmap(lambda tables: damaged({"decision": tables})).map(as_toml),
    st.sampled_from(EVERY).flatmap(lambda decision: damaged_text(_to_toml(decision))),
)


@given(ANY_FILE)
def test_whatever_is_changed_in_a_file_it_is_decisions_that_can_be_applied_or_one_sentence(text: str) -> None:
    path = Path("corpus/fair/curation.toml")
    try:
        curation = parse(text, path)
    except UserMistake as mistake:
        assert_plain(mistake, f"{path}: ")
        return
    curated = BENCH.decide(*curation.decisions)
    quotes = [quote for one in curated.concerns for quote in one.segment_ids]
    assert len(set(labels(curated))) == len(curated.concerns)
    assert len(quotes) == len(set(quotes)) or any(isinstance(one, Belongs) and one.also for one in curation.decisions)
