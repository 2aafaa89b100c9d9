"""event.toml is read whole, and a mistake in it is one sentence with file, key and remedy."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import Event, KnownName, PadRef
from fetch.errors import PadharvestError, UserMistake
from fetch.event_file import add_pads, parse_event, read_event, read_or_begin
from fetch.files import check_event_id
from fetch.locations import pad_ids
from tests.support.damaged import as_toml, assert_plain, damaged, damaged_text

PATH = Path("corpus/camp/event.toml")

WHOLE = """
title = "Camp"
date = 2018-04-22
server = "https://pads.example.org/"
prompts = ["Who?", "How?"]

[[pad]]
group = "Partnerships"
pad = "camp-partnerships"
[[pad]]
group = "Partnerships"
url = "https://other.example.org/p/more"
[[pad]]
group = "Technology"
file = "pads/technology.txt"

[[name]]
name = "Open Harvest"
label = "ORG"
also = ["OH", "openharvest"]
[[name]]
name = " Nita "
label = "PERSON"

[settings]
seed = 3
share = 0.5
loud = true
"""


def test_every_key_is_read() -> None:
    assert parse_event(WHOLE, PATH) == Event(
        id="camp",
        title="Camp",
        date=dt.date(2018, 4, 22),
        server="https://pads.example.org",
        prompts=("Who?", "How?"),
        pads=(
            PadRef(group="Partnerships", pad="camp-partnerships"),
            PadRef(group="Partnerships", url="https://other.example.org/p/more"),
            PadRef(group="Technology", file="pads/technology.txt"),
        ),
        names=(
            KnownName(name="Open Harvest", label="ORG", also=("OH", "openharvest")),
            KnownName(name="Nita", label="PERSON"),
        ),
        settings={"seed": 3, "share": 0.5, "loud": True},
    )


NAMED = '\n[[name]]\nname = "Open Harvest"\n'
PAD = '\n[[pad]]\ngroup = "A"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    (
        ("", "title is missing."),
        ("title = 5", 'title: expected text in quotes, like "…", not 5.'),
        ('title = ""', "title: must not be empty, not ''."),
        ('titel = "x"\ntitle = "x"', "titel is not a known key; did you mean title?"),
        (
            'title = "x"\nqq = 1',
            (
                "qq is not a known key; known keys are contact, date, language, name, pad, place, prompts, publish, "
                "reading, server, settings, title."
            ),
        ),
        (
            'title = "x"\ncontact = "ask Ana"',
            "contact: expected an e-mail address, or a link that begins with https://, not 'ask Ana'.",
        ),
        (
            'title = "x"\ncontact = "javascript:alert(1)@example.org"',
            (
                "contact: expected an e-mail address, or a link that begins with https://, "
                "not this value, which may contain a password."
            ),
        ),
        ('title = "x"\ndate = "soon"', "date: expected a date like 2018-04-22, without quotes, not 'soon'."),
        (
            'title = "x"\ndate = 2018-04-22T10:00:00',
            "date: expected a date like 2018-04-22, without quotes and time, not 2018-04-22 10:00:00.",
        ),
        (
            'title = "x"\n[pad]\nurl = "https://ana:hunter2@pads.example.org/p/x"',
            (
                "pad: expected tables that begin with [[pad]], in double brackets, "
                "not this value, which may contain a password."
            ),
        ),
        ('title = "x"\nprompts = "Who?"', 'prompts: expected a list, like ["…", "…"], not \'Who?\'.'),
        ('title = "x"\nprompts = ["a", 3]', 'prompts 2: expected text in quotes, like "…", not 3.'),
        (
            'title = "x"\nserver = "pads.example.org"',
            "server: expected an address, like \"https://pads.example.org\", not 'pads.example.org'.",
        ),
        (f'title = "x"{PAD}', "[[pad]] 1: expected exactly one of pad, url and file, but it has none of them."),
        (
            f'title = "x"{PAD}file = "a.txt"\nurl = "https://x.org/p/a"',
            "[[pad]] 1: expected exactly one of pad, url and file, but it has url and file.",
        ),
        *(
            (
                f'title = "x"{PAD}url = "{url}"',
                "[[pad]] 1: url: is not a valid address; open it in a browser and copy it from there.",
            )
            for url in ("http://[x]/p/a", "http://[/p/a", "http://x.org:99999/p/a", "http://x.org:b/p/a")
        ),
        (f'title = "x"{PAD}fiel = "a.txt"', "[[pad]] 1: fiel is not a known key; did you mean file?"),
        ('titel = "x"', "titel is not a known key; did you mean title?"),
        ('title = "x"\n[[pad]]\nfile = "a.txt"', "[[pad]] 1: group is missing."),
        (
            f'title = "x"{PAD}file = "../a.txt"',
            '[[pad]] 1: file must be a path inside the event\'s folder, like "pads/notes.txt", not "../a.txt".',
        ),
        (
            f'title = "x"{PAD}file = "a.txt"{PAD}file = "a.txt"',
            "[[pad]] 2 names the same notes as [[pad]] 1; remove one of them.",
        ),
        (f'title = "x"{PAD}pad = "a"', '[[pad]] 1 names a pad, so server is needed: server = "https://…".'),
        (
            'title = "x"\n[settings]\nseed = [1]',
            "[settings] seed: expected text in quotes, a number, true or false.",
        ),
        (
            'title = "x"\nserver = "https://ana:hunter2@pads.example.org"',
            "server: contains a login; take it out and put it into ~/.netrc.",
        ),
        (
            f'title = "x"{PAD}url = "ana:hunter2@pads.example.org/p/x"',
            (
                '[[pad]] 1: url: expected an address, like "https://pads.example.org", '
                "not this value, which may contain a password."
            ),
        ),
        (
            f'title = "x"{PAD}url = "https://ana:hunter2@pads.example.org/p/x"',
            "[[pad]] 1: url: contains a login; take it out and put it into ~/.netrc.",
        ),
        (f'title = "x"{NAMED}', "[[name]] 1: label is missing."),
        (
            f'title = "x"{NAMED}label = "GROUP"',
            '[[name]] 1: label: expected "PERSON", "ORG", "PLACE", "EVENT" or "PRODUCT", not \'GROUP\'.',
        ),
        (f'title = "x"{NAMED}lable = "ORG"', "[[name]] 1: lable is not a known key; did you mean label?"),
        (
            f'title = "x"{NAMED}label = "ORG"\nalso = "OH"',
            '[[name]] 1: also: expected a list, like ["…", "…"], not \'OH\'.',
        ),
        (f'title = "x"{NAMED}label = "ORG"\nalso = ["OH", ""]', "[[name]] 1: also 2: must not be empty, not ''."),
        (
            f'title = "x"{NAMED}label = "ORG"\nalso = ["OH", " -"]',
            "[[name]] 1: also 2: expected a name, with a letter or digit in it.",
        ),
        (
            f'title = "x"{NAMED}label = "ORG"{NAMED}label = "PLACE"',
            "[[name]] 2 has 'Open Harvest', as [[name]] 1 has; remove one.",
        ),
        (
            'title = "x"\n[name]\nname = "Open Harvest"',
            "name: expected tables that begin with [[name]], in double brackets, not {'name': 'Open Harvest'}.",
        ),
        ('title = "x"\npublish = "never"', 'publish: expected "opt-out" or "opt-in", not \'never\'.'),
        (
            'title = "x"\nlanguage = "Spanish"',
            'language: expected the code of a language, like "es", or "auto", not \'Spanish\'.',
        ),
        ('title = "x"\nlanguage = 3', 'language: expected text in quotes, like "…", not 3.'),
        ('title = "x"\nserver = "https://x.org"\n[[pad]]\npad = "a"', "[[pad]] 1: group is missing."),
        (
            f'title = "x"\nserver = "https://x.org"{PAD}pad = "a"{PAD}url = "https://x.org/p/a"',
            "[[pad]] 2 names the same notes as [[pad]] 1; remove one of them.",
        ),
        ('title = "x"\nsettings = 3', "settings: expected a table, not 3."),
        ('title = "x"\npad = 3', "pad: expected tables that begin with [[pad]], in double brackets, not 3."),
    ),
)
def test_a_mistake_is_one_sentence_with_file_key_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        parse_event(text, PATH)
    assert str(mistake.value) == f"{PATH}: {sentence}"


def test_a_file_that_is_not_toml_is_reported_with_the_line() -> None:
    with pytest.raises(UserMistake, match=r"event\.toml: is not TOML: .*\(at line 3, column \d+\)\.$"):
        parse_event('title = "x"\n\nprompts = [oops]\n', PATH)


@pytest.mark.parametrize(("written", "read"), (("", ""), ("es", "es"), ("ES", "es"), ("ast", "ast"), ("auto", "auto")))
def test_the_language_of_the_report_is_a_code_or_auto(written: str, read: str) -> None:
    assert parse_event(f'title = "x"\nlanguage = "{written}"', PATH).language == read
    assert parse_event('title = "x"', PATH).language == ""


def test_a_name_with_a_star_is_a_pattern_and_needs_no_group() -> None:
    event = parse_event('title = "x"\nserver = "https://x.org"\n[[pad]]\npad = "camp-*"\n', PATH)
    assert (event.patterns, event.pads) == (("camp-*",), ())


def test_a_missing_event_says_where_it_would_be(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"camp/event\.toml does not exist"):
        read_event(tmp_path / "camp")


def test_an_event_saved_by_windows_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "event.toml").write_bytes(b'\xef\xbb\xbftitle = "x"\r\n')
    assert read_event(tmp_path).title == "x"


def test_an_event_in_another_encoding_is_reported(tmp_path: Path) -> None:
    (tmp_path / "event.toml").write_bytes(b'title = "caf\xe9"')
    with pytest.raises(UserMistake, match="is not UTF-8"):
        read_event(tmp_path)


@pytest.mark.parametrize("name", ("camp", "wmcon18", "2018-04_camp.b", "lager-für-alle"))
def test_an_event_may_have_a_plain_name(name: str) -> None:
    assert check_event_id(name) == name


@pytest.mark.parametrize("name", ("", ".", "..", ".git", "a/b", "a\\b", "-x", "a b", "/etc", "a\n", "x" * 101))
def test_an_event_may_not_have_a_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(UserMistake):
        check_event_id(name)


def test_adding_pads_keeps_what_a_person_wrote() -> None:
    text = '# Ours!\ntitle = "x"   # short\n\n[[pad]]  # first\ngroup = "A"\nfile = "a.txt"\n'
    text += "\n[settings]\nseed = 1 # why\n"
    ref = PadRef(group="B", file="pads/b.txt")
    changed = add_pads(text, PATH, [ref])
    assert [line for line in text.split("\n") if line and line not in changed.split("\n")] == []
    assert parse_event(changed, PATH).pads == (PadRef(group="A", file="a.txt"), ref)
    assert parse_event(changed, PATH).settings == {"seed": 1}


def test_pads_can_be_added_to_an_inline_list() -> None:
    text = 'title = "x"\npad = [{group = "A", file = "a.txt"}]\n'
    ref = PadRef(group="B", file="b.txt")
    assert parse_event(add_pads(text, PATH, [ref]), PATH).pads[1] == ref


def test_a_wrong_event_is_not_touched() -> None:
    with pytest.raises(UserMistake, match="is not TOML"):
        add_pads("title = ", PATH, [PadRef(group="B", file="b.txt")])


VISIBLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.lists(VISIBLE, max_size=5, unique=True))
def test_an_event_that_is_written_is_read_back(groups: list[str]) -> None:
    refs = tuple(PadRef(group=group, url=f"https://x.org/p/{number}") for number, group in enumerate(groups))
    begun = read_or_begin(Path("none/camp"), "https://pads.example.org")
    event = parse_event(add_pads(begun, PATH, refs), PATH)
    assert (event.title, event.date, event.pads) == ("camp", None, refs)
    assert event.server == "https://pads.example.org"


@pytest.mark.parametrize(
    ("line", "sentence"),
    (
        (f"prompts = {'[' * 3_000}", "its brackets are nested too deeply."),
        (f"title = {'1' * 5_000}", "a number in it has too many digits."),
        (f"title = 0x{'f' * 5_000}", 'title: expected text in quotes, like "…", not this value, which is too long'),
        (f"title{'.a' * 3_000} = 1", 'title: expected text in quotes, like "…", not this value, which is too long'),
        (f"title = 'x'\n[settings]\nseed = 0x{'f' * 5_000}", "[settings] seed: expected a smaller number."),
        ("title = 'x'\n[settings]\nsimilarity = nan", "[settings] similarity: expected a number, not nan."),
        (
            "title = 'x'\n[[pad]]\ngroup = 'A'\nfile = \"pads/\\u0000\"",
            "[[pad]] 1: file contains a NUL, which no file's name has.",
        ),
        ('"\\u001b[2J" = 1', "\ufffd[2J is not a known key;"),
        ('"two\\nlines" = 1', "two lines is not a known key;"),
    ),
)
def test_what_no_person_writes_is_one_sentence_all_the_same(line: str, sentence: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        parse_event(line, PATH)
    assert_plain(mistake.value)
    assert str(mistake.value).startswith(f"{PATH}: {sentence}")


@pytest.mark.parametrize("value", ("[" * 200 + "]" * 200, "{" + "a.a." * 60 + "a = 1}"))
def test_a_file_that_only_the_standard_library_reads_cannot_be_extended(value: str) -> None:
    text = f"title = 'x'\n[[pad]]\ngroup = 'A'\nfile = 'a.txt'\n[settings]\nx = {value}\n"
    with pytest.raises(PadharvestError) as mistake:
        add_pads(text, PATH, [PadRef(group="B", file="b.txt")])
    assert_plain(mistake.value)


ANY_FILE = st.one_of(damaged(tomllib.loads(WHOLE)).map(as_toml), damaged_text(WHOLE))


@given(ANY_FILE)
def test_whatever_is_changed_in_an_event_file_it_is_an_event_or_one_sentence(text: str) -> None:
    try:
        event = parse_event(text, PATH)
        added = add_pads(text, PATH, [PadRef(group="New", url="https://new.example.org/p/new")])
    except PadharvestError as mistake:
        assert_plain(mistake, f"{PATH}: ")
        return
    assert len(pad_ids(event, {})) == len(event.pads)
    assert [*event.pads, PadRef(group="New", url="https://new.example.org/p/new")] == [*parse_event(added, PATH).pads]
