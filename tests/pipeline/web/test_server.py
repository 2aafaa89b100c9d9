"""The page over plain HTTP: who may see and change it, and what is saved, without a browser."""

import html
import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from fetch.corpus import read_corpus
from pipeline.active_learning.next_question import MOST_OPTIONS
from pipeline.analysis_records import Concern, Origin
from pipeline.anchors import Anchor, anchor_of
from pipeline.curation.decision_file import add, read_curation
from pipeline.curation.decisions import HideQuote, New, Rename, StateDue, StateKind, StateOwner
from pipeline.curation.redaction import redact_words
from pipeline.segment_records import Kind
from pipeline.translation import catalogue
from pipeline.web.event_editing import _EDITS
from pipeline.web.routes import _MAKE
from pipeline.web.server import _listen
from tests.support.damaged import WRITABLE
from tests.support.plots import HOSTILE_LINE
from tests.support.site import HOME, PORT, Site

ROTA = "a rota for the gate, please"
OPTION_KEYS = {str(number) for number in range(1, MOST_OPTIONS + 2)}
"""The program's suggestions for a quote, and the concern that it is in."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_nothing_is_shown_without_the_cookie(site: Site) -> None:
    stranger = site.app.test_client()
    for path in ("/", "/rest", "/facts", "/event", "/lines/1", "/ask", "/static/style.css", "/nowhere"):
        answer = stranger.get(path, base_url=HOME)
        assert answer.status_code == 403, path
        assert "rota" not in answer.text
    assert site.refusals == 8


def test_an_address_opens_the_page_once(site: Site) -> None:
    path = f"/open/{site.guard.address().rsplit('/', 1)[1]}"
    first, second = site.app.test_client(), site.app.test_client()
    assert first.head(path, base_url=HOME).status_code == 403
    answer = first.get(path, base_url=HOME)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert re.search(rf"padharvest-{PORT}=\S+; HttpOnly; Path=/; SameSite=Strict$", answer.headers["Set-Cookie"])
    assert second.get(path, base_url=HOME).status_code == 403
    assert second.get("/", base_url=HOME).status_code == 403


@pytest.mark.parametrize("host", ("evil.example", f"evil.example:{PORT}", "127.0.0.1:5001", f"localhost:{PORT}", ""))
def test_a_server_called_by_another_name_answers_nothing(site: Site, host: str) -> None:
    ways: tuple[Callable[..., TestResponse], ...] = (site.browser.get, site.browser.post)
    for ask in ways:
        answer = ask("/", base_url=HOME, headers={"Host": host})
        assert answer.status_code == 403
        assert "rota" not in answer.text
    ticket = site.guard.address().rsplit("/", 1)[1]
    assert site.browser.get(f"/open/{ticket}", base_url=HOME, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:5001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ),
)
def test_a_change_sent_from_elsewhere_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    fields = site.fields(do="new", name="Intruders")
    assert site.browser.post("/decide", base_url=HOME, data=fields, headers=headers).status_code == 403
    assert not site.file.exists()


@pytest.mark.parametrize("token", ("", "x", "é"))
def test_a_change_without_the_token_of_the_form_changes_nothing(site: Site, token: str) -> None:
    assert site.post(do="new", name="Intruders", token=token).status_code == 403
    assert site.post(do="new", name="Intruders", token=site.guard.cookie).status_code == 403
    assert not site.file.exists()


def test_looking_changes_nothing_and_allows_no_other_origin(site: Site) -> None:
    for path in ("/decide?do=new&name=x", "/take-back?decision=1", "/skip"):
        assert site.browser.get(path, base_url=HOME).status_code == 405
    answer = site.browser.get("/", base_url=HOME, headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 - no dict
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_secret_but_the_token_of_forms_stands_in_a_page_and_none_in_an_address(site: Site) -> None:
    page = site.get("/")
    assert site.guard.token in page
    assert site.guard.cookie not in page
    for address in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        assert address.startswith(("/", "#", "data:,"))
        assert site.guard.token not in address


def test_what_people_wrote_is_text_and_never_markup(site: Site) -> None:
    for path in ("/rest", "/", "/ask", "/facts?list=statement", "/lines/3", "/event"):
        page = site.get(path)
        assert "<script>document" not in page
        assert "<img" not in page
        assert "\u202e" not in page
    assert html.escape(HOSTILE_LINE.split("\u202e", maxsplit=1)[0], quote=False).split("=")[0] in site.get("/rest")
    site.post(do="new", name="<b>bold</b>\u202e")
    assert "<b>bold" not in site.get("/decisions")
    assert "&lt;b&gt;bold" in site.get("/decisions")


def test_a_decision_is_in_the_file_and_on_the_page_at_once(site: Site) -> None:
    old = site.concern(ROTA)
    answer = site.post(do="rename", concern=old.id, name=" Who opens\tthe gate ", page="concern", here=old.id)
    assert answer.status_code == 303
    (decision,) = read_curation(site.file).decisions
    assert isinstance(decision, Rename)
    assert decision.name == "Who opens the gate"
    page = site.get(answer.headers["Location"])
    assert f"Saved: Rename “{old.label}” to “Who opens the gate”" in page
    assert "1 of about" in page


def read_by_a_model(concerns: tuple[Concern, ...]) -> tuple[Concern, ...]:
    """The same concerns as a model's, which put the quotes of the first in the second as well."""
    first, second, *others = (replace(concern, origin=Origin.MODEL) for concern in concerns)
    both = replace(
        second,
        segment_ids=(*first.segment_ids, *second.segment_ids),
        exemplar_ids=(*first.exemplar_ids, *second.exemplar_ids),
        groups=tuple(dict.fromkeys((*first.groups, *second.groups))),
    )
    return (first, both, *others)


@pytest.fixture
def read_site(tmp_path: Path) -> Site:
    return Site(tmp_path, found=read_by_a_model)


def test_a_models_concern_says_so_until_its_name_is_kept_with_one_button(read_site: Site) -> None:
    first = read_site.session.event().curated.concerns[0]
    remark = "Found and named by a language model."
    assert remark in read_site.get("/")
    page = read_site.get(f"/concern/{first.id}")
    assert f'<p class="origin">{remark}</p>' in page
    form = next(part for part in page.split("<form") if "Keep this name" in part)
    assert 'data-key="t"' in form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    answer = read_site.post(**{name: html.unescape(value) for name, value in fields.items()}, do="rename")
    page = read_site.get(answer.headers["Location"])
    assert f"Saved: Keep the name “{first.label}”" in html.unescape(page)
    assert "Keep this name" not in page
    assert remark not in page
    assert '<p class="origin">Named by the facilitator.</p>' in page


def test_a_concern_that_holds_all_quotes_of_another_gets_its_own_name(read_site: Site) -> None:
    for concern in read_site.session.event().draft.found.concerns[:2]:
        read_site.post(do="rename", concern=concern.id, name=f"Kept: {concern.label}")
        named = next(one for one in read_site.session.event().curated.concerns if one.label == f"Kept: {concern.label}")
        assert set(named.segment_ids) >= set(concern.segment_ids)
    assert {one.label for one in read_site.session.event().curated.concerns if one.named} == {
        f"Kept: {concern.label}" for concern in read_site.session.event().draft.found.concerns[:2]
    }


def test_a_quote_of_two_concerns_that_is_confirmed_in_one_stays_in_the_other_to_be_checked(read_site: Site) -> None:
    first, second = read_site.session.event().draft.found.concerns[:2]
    quote = first.segment_ids[0]
    read_site.post(do="belongs", quote=quote, concern=first.id)
    holding = [one.id for one in read_site.session.event().curated.concerns if quote in one.segment_ids]
    assert sorted(holding) == sorted([first.id, second.id])
    decided = f'name="quote" value="{quote}"'
    assert decided in read_site.get(f"/concern/{first.id}").split('id="decided-h"')[1]
    assert decided in read_site.get(f"/concern/{second.id}").split('id="whole-h"')[0].split('id="decided-h"')[0]
    read_site.post(do="not here", quote=quote, concern=second.id)
    assert [one.id for one in read_site.session.event().curated.concerns if quote in one.segment_ids] == [first.id]


def test_undo_takes_the_last_decision_back_and_returns_to_the_concern(site: Site) -> None:
    old = site.concern(ROTA)
    site.post(do="rename", concern=old.id, name="Who opens the gate")
    here = site.concern(ROTA).id
    answer = site.post("/take-back", decision="1", page="concern", here=here, of=site.quote(ROTA))
    assert read_curation(site.file).decisions == ()
    assert answer.headers["Location"].startswith(f"/concern/{old.id}?")


def test_undo_can_be_repeated_until_no_decision_is_left(site: Site) -> None:
    before = site.get("/rest")
    for name in ("One", "Two", "Three"):
        site.post(do="new", name=name)
    for left in (2, 1, 0):
        undo = re.search(r'<form class="undo".*?name="decision" value="(\d+)".*?data-key="u"', site.get("/"), re.DOTALL)
        assert undo
        site.post("/take-back", decision=undo[1])
        assert len(read_curation(site.file).decisions) == left
    assert 'class="undo"' not in site.get("/")
    version = r'name="version" value="[^"]*"'
    assert re.sub(version, "", site.get("/rest")) == re.sub(version, "", before)


def test_a_step_that_cannot_be_written_is_not_called_saved(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.post(do="new", name="Gate")
    saved = site.file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("fetch.files.os.fsync", full)
        answer = site.post(do="new", name="Later")
    assert answer.status_code == 422
    assert "cannot be written: the disk is full" in answer.text
    assert "Saved" not in answer.text
    assert site.file.read_bytes() == saved


def test_my_decisions_are_listed_latest_first_with_the_reason_if_one_could_not_be_applied(site: Site) -> None:
    site.post(do="new", name="From the page")
    by_hand = '\n[[decision]]\ndo = "hide"\nquote = "the moon is made of cheese"\n'
    site.file.write_text(site.file.read_text(encoding="utf-8") + by_hand, encoding="utf-8")
    page = site.get("/decisions")
    assert re.findall(r'<li data-item tabindex="-1" value="(\d)">', page) == ["2", "1"]
    latest, earlier = re.split('value="1">', page, maxsplit=1)
    assert "Could not be applied:" in latest
    assert "Could not be applied:" not in earlier
    assert "My decisions (1 not applied)" in page


def test_the_count_of_decisions_to_make_is_of_unchecked_quotes_and_working_titles(site: Site) -> None:
    shared = [one for one in site.session.event().curated.concerns if one.recurring]
    to_make = sum(len(one.segment_ids) + 1 for one in shared)
    assert f"0 of {to_make} decisions" in site.get("/").replace("about ", "")
    site.post(do="belongs", quote=site.quote(ROTA), concern=site.concern(ROTA).id)
    assert f"1 of {to_make} decisions" in site.get("/").replace("about ", "")


def test_the_guide_names_the_keys_of_the_pages_and_so_does_the_list_on_each_page(site: Site, root: Path) -> None:
    site.post(do="new", name="Gate")
    pages = [
        "/",
        "/rest",
        "/facts?list=statement",
        "/decisions",
        "/ask",
        *(f"/concern/{one.id}" for one in site.session.event().curated.concerns),
    ]
    keys = {key for page in pages for key in re.findall(r'data-key="([^"]+)"', site.get(page))}
    script = site.get("/static/curate.js")
    keys |= {{"ArrowDown": "↓", "ArrowUp": "↑"}.get(key, key) for key in re.findall(r"(\w+): -?1\b", script)}
    keys |= {key for key in re.findall(r'event\.key === "([^"]+)"', script) if key not in {"Escape", "Enter"}}
    keys |= OPTION_KEYS
    guide = (root / "docs" / "curation.md").read_text(encoding="utf-8")
    table = re.search(r"\| key \| effect \|\n\|---\|---\|\n((?:\|.*\n)+)", guide)
    assert table
    documented = {key for row in table[1].splitlines() for key in re.findall("`([^`]+)`", row)}
    assert documented | OPTION_KEYS == keys
    listed = {html.unescape(key) for key in re.findall(r"<kbd[^>]*>([^<]+)</kbd>", site.get("/").split('id="keys"')[1])}
    assert documented - {"?"} == listed - {"?"}


def test_the_page_is_served_to_this_machine_only() -> None:
    listening = _listen(0)
    try:
        assert ipaddress.ip_address(listening.getsockname()[0]).is_loopback
    finally:
        listening.close()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    (
        ({"do": "new", "name": "  "}, "Please type a name first."),
        ({"do": "new", "name": "x" * 121}, "at most 120"),
        ({"do": "rename", "concern": "c-none", "name": "x"}, "This concern no longer exists."),
        ({"do": "rename", "name": "x"}, "Please choose a concern first."),
        ({"do": "hide quote", "quote": "s-none"}, "This quote no longer exists."),
        ({"do": "redact words", "words": "…!"}, "Please type the words to redact"),
        ({"do": "format the disk"}, "please load it again"),
    ),
)
def test_a_form_that_cannot_be_a_decision_is_refused_in_a_sentence(
    site: Site, fields: dict[str, str], sentence: str
) -> None:
    answer = site.post(**fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not site.file.exists()


def test_a_concern_is_not_merged_with_itself_and_nothing_is_split_off_that_was_not_chosen(site: Site) -> None:
    one = site.concern(ROTA).id
    assert "another concern" in site.post(do="merge", concern=one, to=one, name="Rota").text
    assert "select quotes first" in site.post(do="split", concern=one, name="Rota").text
    assert not site.file.exists()


def test_a_page_that_another_window_left_behind_says_so_and_overwrites_nothing(site: Site) -> None:
    seen = site.session.event().version
    site.post(do="new", name="From one window")
    answer = site.post(do="new", name="From the other", version=seen)
    assert answer.status_code == 409
    assert "was not saved" in answer.text
    assert site.session.event().version in answer.text
    assert site.post("/take-back", decision="1", version=seen).status_code == 409
    assert [one.name for one in read_curation(site.file).decisions if isinstance(one, New)] == ["From one window"]


def test_what_was_written_into_the_file_by_hand_meanwhile_is_shown_and_kept(site: Site) -> None:
    site.post(do="new", name="From the page")
    seen = site.session.event().version
    by_hand = site.file.read_text(encoding="utf-8") + '\n# mine\n[[decision]]\ndo = "new"\nname = "By hand"\n'
    site.file.write_text(by_hand, encoding="utf-8")
    assert site.post(do="new", name="Too late", version=seen).status_code == 409
    assert "By hand" in site.get("/")
    site.post(do="new", name="After it")
    text = site.file.read_text(encoding="utf-8")
    assert text.startswith(by_hand.rstrip("\n"))
    assert [one.name for one in read_curation(site.file).decisions if isinstance(one, New)] == [
        "From the page",
        "By hand",
        "After it",
    ]


def test_a_mistake_in_the_file_is_told_in_a_sentence_and_nothing_is_written_until_it_is_corrected(site: Site) -> None:
    site.file.write_text('[[decision]]\ndo = "mistyped"\n', encoding="utf-8")
    answer = site.browser.get("/", base_url=HOME)
    assert answer.status_code == 409
    assert "mistyped" in answer.text
    form = {"token": site.guard.token, "version": "0" * 16, "do": "new", "name": "x"}
    assert site.browser.post("/decide", base_url=HOME, data=form).status_code == 409
    assert site.file.read_text(encoding="utf-8") == '[[decision]]\ndo = "mistyped"\n'
    site.file.unlink()
    assert site.concern(ROTA).label in site.get("/")


def test_redacted_words_are_on_no_page_any_more(site: Site) -> None:
    assert "swing" in site.get(f"/concern/{site.concern('nobody knows who pays for repairs').id}")
    site.post(do="redact words", words="Swing")
    assert "swing" not in site.file.read_text(encoding="utf-8").casefold()
    pages = [
        "/",
        "/rest",
        "/facts?list=statement",
        "/decisions",
        "/ask",
        *(f"/concern/{one.id}" for one in site.session.event().curated.concerns),
    ]
    for page in pages:
        assert "swing" not in site.get(page).casefold(), page


def test_a_decision_is_not_shortened_in_the_middle_of_redacted_words(site: Site) -> None:
    words = "Zelda Quark"
    text = f"{'so ' * 21}{words}"  # the words would be cut at the 70th character
    hide = HideQuote(quote=Anchor(pad="water", text=text, sha="0" * 16))
    add(site.file, hide)
    assert "Zelda" in site.get("/decisions")
    add(site.file, redact_words(words))
    assert "Zelda" not in site.get("/decisions")


def test_a_decision_that_repeats_the_beginning_of_a_quote_repeats_none_of_it_once_it_is_redacted(site: Site) -> None:
    segments = site.session.event().draft.found.segments
    quote = next(one for one in segments if one.text == HOSTILE_LINE)
    add(site.file, HideQuote(quote=replace(anchor_of(quote, segments), text=f"{HOSTILE_LINE[:40]}…")))
    assert "owned" in site.get("/decisions")
    site.post(do="redact quote", quote=quote.id)
    assert "owned" not in site.get("/decisions")


def test_a_redaction_that_would_need_another_name_for_a_group_is_not_kept(site: Site) -> None:
    answer = site.post(do="redact words", words="Water")
    assert answer.status_code == 422
    assert "event.toml" in answer.text
    assert read_curation(site.file).decisions == ()
    assert site.concern(ROTA).label in site.get("/")


def test_a_hidden_quote_is_shown_again_when_the_decision_is_taken_back(site: Site) -> None:
    site.post(do="hide quote", quote=site.quote("worms are wonderful"))
    site.post(do="new", name="Later")
    assert "worms are wonderful" not in site.get("/rest")
    assert "Hidden from the report" in site.get("/")
    site.post("/take-back", decision="1")
    assert "worms are wonderful" in site.get("/rest")


def test_the_page_is_in_the_language_of_the_report(tmp_path: Path) -> None:
    site = Site(tmp_path, "es")
    site.post(do="rename", concern=site.concern(ROTA).id, name="Who opens the gate")
    site.post(do="hide quote", quote=site.quote("worms are wonderful"))
    site.post(do="kind decision", quote=site.quote(ROTA))
    site.post(do="owner", quote=site.quote(ROTA), owner="")
    own = f"/concern/{site.concern(ROTA).id}"
    pages = ("/", "/rest", "/facts?list=decision", "/decisions", "/ask", "/event", "/lines/1", own)
    texts = {" ".join(text.split()) for page in pages for text in re.split("<[^>]*>", site.get(page))}
    attributes = {text for page in pages for text in re.findall(r'(?:aria-label|data-ended)="([^"]*)"', site.get(page))}
    same = {message.id for message in catalogue("es") if message.id == message.string}
    assert not {message.id for message in catalogue("es") if message.id} & (texts | attributes) - same
    assert "Todas las inquietudes" in texts
    assert '<html lang="es" dir="ltr">' in site.get("/")
    refused = site.post(do="new", name="")
    assert "Primero hay que escribir un nombre." in refused.text
    assert site.browser.get("/nowhere", base_url=HOME).text == "Esa página no existe.\n"


def test_a_question_that_was_skipped_is_not_asked_again(site: Site) -> None:
    asked = []
    for _ in range(4):
        quote = re.search(r'name="quote" value="([^"]+)"', site.get("/ask"))
        assert quote
        asked.append(quote[1])
        site.post("/skip", quote=quote[1])
    assert len(set(asked)) == 4
    assert not site.file.exists()


def test_when_everything_was_asked_it_says_so(site: Site) -> None:
    for one in site.session.event().draft.encoded.segments:
        site.post("/skip", quote=one.id)
    assert "There is nothing left to ask" in site.get("/ask")


@pytest.mark.parametrize(
    ("language", "sentence"),
    (
        ("en", "Something went wrong inside Padharvest; the details are at the end of build/padharvest.log. "),
        ("es", "Algo falló dentro de Padharvest; los detalles están al final de build/padharvest.log. "),
    ),
)
def test_a_mistake_of_ours_is_one_sentence_on_page_and_terminal_and_its_traceback_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, sentence: str
) -> None:
    site = Site(tmp_path, language)
    site.post(do="new", name="Gate")
    saved = site.file.read_text(encoding="utf-8")

    def fail(_self: object) -> None:
        raise ZeroDivisionError("the cause")

    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.web.page_views.PageViews.overview", fail)
        answer = site.browser.get("/", base_url=HOME)
    log = (tmp_path / "build" / "padharvest.log").read_text(encoding="utf-8")
    printed = capsys.readouterr()
    assert answer.status_code == 500
    assert answer.text.startswith(sentence)
    assert "curation.toml" in answer.text
    assert printed.err.startswith("Something went wrong inside Padharvest")
    assert printed.err.count("\n") == 1
    assert log.startswith("Traceback")
    assert "ZeroDivisionError: the cause" in log
    assert "the cause" not in answer.text + printed.err + printed.out
    assert site.file.read_text(encoding="utf-8") == saved
    assert "Gate" in site.get("/")


PAYS = "who pays for repairs when the pump breaks?"


def of_item(page: str, quote: str) -> str:
    """The part of a page that is about a quote."""
    return next(part for part in page.split('<li class="voice"') if f'name="quote" value="{quote}"' in part)


def test_a_quote_shows_what_it_is_on_every_list_and_can_be_said_to_be_something_else(site: Site) -> None:
    quote, concern = site.quote(PAYS), site.concern(PAYS).id
    for path in (f"/concern/{concern}", "/facts?list=question"):
        shown = of_item(site.get(path), quote)
        assert "<bdi>Question</bdi>" in shown
        assert re.search('value="kind question"[^>]*aria-pressed="true"', shown)
    answer = site.post(do="kind action", quote=quote, page="concern", here=concern)
    page = site.get(answer.headers["Location"])
    assert f"Saved: Take “{PAYS}” for a next step" in page
    assert "<bdi>Next step · changed by the facilitator</bdi>" in of_item(page, quote)
    assert read_curation(site.file).decisions == (StateKind(quote=site.anchor(PAYS), kind=Kind.ACTION),)


def test_who_and_when_are_saved_as_the_quote_has_them(site: Site) -> None:
    site.post(do="owner", quote=site.quote(PAYS), owner=" THE\tpump ")
    site.post(do="due", quote=site.quote(PAYS), due="")
    decisions = read_curation(site.file).decisions
    assert decisions == (
        StateOwner(quote=site.anchor(PAYS), owner="the pump"),
        StateDue(quote=site.anchor(PAYS), due=""),
    )
    page = site.get("/decisions")
    assert f"Say that “the pump” takes on “{PAYS}”" in page
    assert f"Say that “{PAYS}” has no date" in page
    assert "<bdi>Next step · the pump · changed by the facilitator</bdi>" in of_item(
        site.get("/facts"), site.quote(PAYS)
    )


@pytest.mark.parametrize("field", ("owner", "due"))
def test_words_that_are_not_in_the_quote_are_refused_on_the_same_page(site: Site, field: str) -> None:
    answer = site.post(do=field, quote=site.quote(PAYS), page="facts", list="question", **{field: "Zelda"})
    assert answer.status_code == 422
    assert "The quote does not contain these words." in answer.text
    assert PAYS in answer.text
    assert not site.file.exists()


def test_a_quote_that_is_something_else_stays_in_the_list_that_it_was_found_in(site: Site) -> None:
    quote = site.quote(PAYS)
    answer = site.post(do="kind other", quote=quote, page="facts", list="question", number="1", at="0")
    assert answer.headers["Location"] == "/facts?list=question&number=1&at=0&done=saved"
    for kind in ("question", "other"):
        assert "Says nothing · changed by the facilitator" in of_item(site.get(f"/facts?list={kind}"), quote)
    assert "Lines that say nothing (1)" in site.get("/facts")
    site.post("/take-back", decision="1")
    assert f'value="{quote}"' not in site.get("/facts?list=other")


def test_a_list_of_no_kind_is_that_of_next_steps(site: Site) -> None:
    for path in ("/facts", "/facts?list=", '/facts?list="><b>'):
        assert re.search(r'href="/facts\?list=action" aria-current="page"', site.get(path))


def test_no_question_is_asked_about_what_says_nothing(site: Site) -> None:
    asked = re.search(r'name="quote" value="([^"]+)"', site.get("/ask"))
    assert asked
    site.post(do="kind other", quote=asked[1])
    assert f'name="quote" value="{asked[1]}"' not in site.get("/ask")


def test_the_words_of_a_redacted_owner_are_on_no_page(site: Site) -> None:
    site.post(do="owner", quote=site.quote(PAYS), owner="pump breaks")
    site.post(do="due", quote=site.quote(PAYS), due="the pump")
    site.post(do="redact words", words="pump breaks")
    page = site.get("/decisions")
    assert "pump" not in page.split('<ol class="decisions"')[1].split("</ol>")[0]
    assert "Say that “[redacted]” takes on “" in page
    assert "the quote does not contain the words that the decision names" in page


PATHS = ("/decide", "/edit", "/preview", "/take-back", "/skip")
FIELDS = """
quote of chosen concern to here name words owner due group prompts title date place contact introduction page at number
list decision edit version
"""
FORMS = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from([*_MAKE, *_EDITS]),
        st.dictionaries(
            st.sampled_from(FIELDS.split()),
            st.sampled_from(
                ["a quote", "a concern", "another concern", "Water", "2026-05-16", "1", "overview", "facts"]
            )
            | WRITABLE,
        ),
    ),
    min_size=1,
    max_size=3,
)


@given(FORMS)
@settings(max_examples=settings().max_examples // 20)  # each renders ten pages
def test_whatever_a_form_says_every_page_is_there_and_the_files_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, forms: list[tuple[str, str, dict[str, str]]]
) -> None:
    site = Site(tmp_path_factory.mktemp("plots"))
    for path, do, written in forms:
        event = site.session.event()
        meant = {"a quote": event.curated.segments[0].id, "version": event.version}
        meant |= dict(zip(("a concern", "another concern"), (one.id for one in event.curated.concerns), strict=False))
        versions = {
            "version": event.versions["event.toml"] if path == "/edit" and do != "introduction" else event.version
        }
        fields = {key: meant.get(value, value) for key, value in ({"quote": "a quote"} | written).items()}
        assert site.post(path, **{**versions, **fields, "do": do}).status_code in {200, 303, 409, 422}
    for page in ("/", "/ask", "/rest", "/facts", "/decisions", "/event", "/lines/1"):
        assert site.browser.get(page, base_url=HOME).status_code == 200
    read_curation(site.file)
    read_corpus(site.folder)
