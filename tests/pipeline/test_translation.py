"""Text for people: messages, plurals, dates, lists and numbers in a language, and whether its catalogue is whole."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from fetch.errors import UserMistake
from pipeline import translation as module
from pipeline.report.formats import markdown, wikitext
from pipeline.report.formats.output_format import spell_out_controls
from pipeline.segment_records import Precision
from pipeline.translation import (
    N_,
    Translation,
    available,
    catalogue,
    catalogue_path,
    install_translation,
    is_complete,
    resolve_language,
    translation,
)
from tests.support import messages as extract_messages
from tests.support.messages import TEMPLATE, extract, faults, serialize, stray_percent

ENGLISH = translation()
SPANISH = translation("es")
TRANSLATED = available()[1:]
MARCH, JULY, SEPTEMBER = dt.date(2026, 3, 5), dt.date(2026, 7, 1), dt.date(2026, 9, 30)


@pytest.fixture
def polish(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Translation:
    """A language with three plural forms, whose catalogue holds what these tests need."""
    monkeypatch.setattr(module, "LOCALES", tmp_path)
    monkeypatch.setattr(module, "available", lambda: ("en", "pl"))
    own = Catalog("pl", header_comment="# Complete: yes")
    own.add(("%(num)s line", "%(num)s lines"), ("%(num)s wiersz", "%(num)s wiersze", "%(num)s wierszy"))
    own.add("May", "może")
    own.add("May", "maj", context="month")
    own.add("<b>%(name)s</b> & more", "<b>%(name)s</b> i więcej")
    own.add("Groups", "Grupy", flags=["fuzzy"])
    catalogue_path("pl").parent.mkdir(parents=True)
    catalogue_path("pl").write_bytes(serialize(own))
    return translation.__wrapped__("pl")


def test_the_template_holds_the_messages_of_the_code() -> None:
    assert TEMPLATE.read_bytes() == serialize(extract()), "run `make messages`"


def test_messages_of_code_and_templates_are_extracted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(extract_messages, "_ROOT", tmp_path)
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "code.py").write_text(
        "# Translators: of a pad\nt.gettext('one')\nt.ngettext('%(num)s line', '%(num)s lines', n)\n"
        "t.pgettext('month', 'May')\nx = {1: N_('later ' 'on')}\n"
    )
    (tmp_path / "templates" / "html").mkdir(parents=True)
    for place in ("html/a.html", "a.md", "a.wiki"):
        (tmp_path / "templates" / place).write_text(
            "{% trans who=card.who %}\n  Raised\n  by {{ who }}, 5 %\n{% endtrans %}{{ gettext('one') }}"
            "{% trans num=n %}{{ num }} line{% pluralize %}{{ num }} lines{% endtrans %}{{ pgettext('month', 'May') }}"
        )
    found = {message.id: message for message in extract() if message.id}
    assert set(found) == {"one", ("%(num)s line", "%(num)s lines"), "May", "later on", "Raised by %(who)s, 5 %%"}
    assert (found["one"].auto_comments, found["May"].context) == (["of a pad"], "month")
    assert [name for name, _ in found["Raised by %(who)s, 5 %%"].locations] == [
        "templates/a.md",
        "templates/a.wiki",
        "templates/html/a.html",
    ]


def test_a_new_catalogue_is_begun_and_an_old_one_keeps_what_still_exists(
    polish: Translation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = catalogue_path(polish.language)
    path.write_text('msgid "by %(date)s"\nmsgstr "do %(date)s"\n\nmsgid "gone"\nmsgstr "x"\n', encoding="utf-8")
    monkeypatch.setattr(extract_messages, "TEMPLATE", tmp_path / "padharvest.pot")
    monkeypatch.setattr(extract_messages, "available", lambda: ("en", "pl", "uk"))
    monkeypatch.setattr(module, "available", lambda: ("en", "pl", "uk"))
    extract_messages.main(["uk"])
    assert (catalogue("pl")["by %(date)s"].string, "gone" in catalogue("pl")) == ("do %(date)s", False)
    begun = catalogue_path("uk").read_bytes()
    assert b"# Ukrainian messages of Padharvest" in begun
    assert (len(catalogue("uk")), is_complete(catalogue("uk"))) == (len(extract()), False)
    assert re.search(r"^uk: \d+ messages, \d+ to do$", capsys.readouterr().out, re.MULTILINE)
    extract_messages.main(["uk"])
    assert catalogue_path("uk").read_bytes() == begun
    with pytest.raises(UserMistake, match="'Spanish' is no language code"):
        extract_messages.main(["Spanish"])


def test_no_message_holds_a_percent_sign_that_formatting_fails_on() -> None:
    ids = [text for message in extract() for text in (message.id if isinstance(message.id, tuple) else (message.id,))]
    assert [text for text in ids if stray_percent(str(text))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_that_calls_itself_complete_is(language: str) -> None:
    own = catalogue(language)
    assert {message.id for message in own if message.id} == {message.id for message in extract() if message.id}, (
        "run `make messages`"
    )
    if is_complete(own):
        assert list(faults(own)) == []


def test_spanish_is_complete() -> None:
    assert is_complete(catalogue("es"))


@pytest.mark.parametrize(
    ("message", "string", "fault"),
    (
        ("Groups", "", "is not translated"),
        ("%(name)s wrote", "escribió", "has other placeholders than in English in 'escribió'"),
        ("%(name)s wrote", "escribió %(nombre)s", "has other placeholders than in English in 'escribió %(nombre)s'"),
        ("%(name)s wrote", "%(name) escribió", "has a % that begins no placeholder"),
        ("half", "50 %", "has a % that begins no placeholder"),
        ("<b>Groups</b>", "<i>Grupos</i>", "has other markup than in English in '<i>Grupos</i>'"),
        ("<b>Groups</b>", "Grupos</b>", "has other markup than in English in 'Grupos</b>'"),
        ("Groups", "*Grupos*", "has other markup than in English in '*Grupos*'"),
        ("Groups", "''Grupos''", "has other markup than in English in \"''Grupos''\""),
        ("Groups", "Grupos ", "has other spaces at the beginning or end than in English in 'Grupos '"),
        (("%(num)s line", "%(num)s lines"), ("%(num)s línea", ""), "is not translated"),
        (("%(num)s line", "%(num)s lines"), ("%(num)s línea",), "has 1 plural forms instead of 2"),
    ),
)
def test_what_is_missing_or_wrong_in_a_catalogue_is_found(
    message: str | tuple[str, str], string: str | tuple[str, ...], fault: str
) -> None:
    own = Catalog("es")
    own.add(message, string)
    (found,) = faults(own)
    assert fault in found
    assert repr(message) in found


def test_a_fuzzy_message_and_foreign_plural_forms_are_found() -> None:
    own = Catalog("pl")
    own.add("Groups", "Grupy", flags=["fuzzy"])
    own.mime_headers = [("Plural-Forms", "nplurals=2; plural=(n != 1);")]
    assert [fault.split(";")[0] for fault in faults(own)] == [
        "the header's Plural-Forms is not that of the language: nplurals=3",
        "'Groups': is marked as fuzzy",
    ]


def test_a_language_without_a_catalogue_is_a_plain_sentence_with_those_there_are() -> None:
    with pytest.raises(UserMistake, match=r"^There is no translation into 'xx'; there are en, es.*\.$"):
        translation("xx")
    with pytest.raises(UserMistake):
        translation("../es")


def test_a_catalogue_that_cannot_be_parsed_is_a_plain_sentence(polish: Translation) -> None:
    catalogue_path(polish.language).write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(UserMistake, match=r"padharvest\.po: cannot be read as a gettext catalogue: .*\.$"):
        catalogue("pl")


@pytest.mark.parametrize(
    ("number", "words"), ((1, "1 wiersz"), (3, "3 wiersze"), (1_205, "1205 wierszy"), (22, "22 wiersze"))
)
def test_a_number_takes_the_plural_form_of_its_language(polish: Translation, number: int, words: str) -> None:
    assert polish.ngettext("%(num)s line", "%(num)s lines", number).replace("\xa0", "") == words


def test_a_browser_gets_every_plural_form_by_its_category(polish: Translation) -> None:
    assert translation().plural_forms("%(num)s line", "%(num)s lines") == {"one": "# line", "other": "# lines"}
    assert translation("es").plural_forms("%(num)s line", "%(num)s lines") == {"one": "# línea", "other": "# líneas"}
    assert set(polish.plural_forms("%(num)s line", "%(num)s lines")) == {"one", "few", "many", "other"}


def test_messages_are_looked_up_and_filled_in(polish: Translation) -> None:
    assert polish.gettext("May") == "może"
    assert polish.pgettext("month", "May") == "maj"
    assert polish.gettext(N_("<b>%(name)s</b> & more"), name="50 % <") == "<b>50 % <</b> i więcej"
    assert polish.gettext("Groups") == "Groups"  # fuzzy, so not yet believed
    assert ENGLISH.gettext("%(num)s%% of %(name)s", num=1204, name="a") == "1,204% of a"
    assert ENGLISH.ngettext("%(num)s line", "%(num)s lines", 1) == "1 line"


@pytest.mark.parametrize(
    ("first", "last", "english", "spanish"),
    (
        (MARCH, MARCH, "5 March 2026", "5 de marzo de 2026"),
        (JULY, dt.date(2026, 7, 31), "July 2026", "julio de 2026"),
        (JULY, SEPTEMBER, "July–September 2026", "julio–septiembre de 2026"),
        (dt.date(2028, 1, 1), dt.date(2028, 12, 31), "2028", "2028"),
        (JULY, dt.date(2026, 9, 29), "by 29 September 2026", "a más tardar el 29 de septiembre de 2026"),
        (MARCH, dt.date(2026, 3, 31), "by 31 March 2026", "a más tardar el 31 de marzo de 2026"),
    ),
)
def test_a_deadline_is_as_precise_as_its_days(first: dt.date, last: dt.date, english: str, spanish: str) -> None:
    day = Precision.DAY
    assert (ENGLISH.deadline(first, last, day), SPANISH.deadline(first, last, day)) == (english, spanish)


@pytest.mark.parametrize(
    ("first", "last", "precision", "english", "spanish"),
    (
        ("2026-08-31", "2026-08-31", "month", "August 2026", "agosto de 2026"),
        ("2026-06-11", "2026-06-20", "month", "June 2026", "junio de 2026"),
        ("2025-12-31", "2026-02-15", "month", "December 2025–February 2026", "diciembre de 2025–febrero de 2026"),
        ("2026-04-01", "2026-06-30", "quarter", "April–June 2026", "abril–junio de 2026"),
        ("2026-12-31", "2026-12-31", "year", "2026", "2026"),
        ("2026-03-01", "2027-03-01", "year", "2026–2027", "2026–2027"),
        ("2026-06-08", "2026-06-14", "week", "week of 8 June 2026", "semana del 8 de junio de 2026"),
        ("2026-06-12", "2026-06-12", "week", "week of 8 June 2026", "semana del 8 de junio de 2026"),
        ("2026-06-08", "2026-06-21", "week", "8–21 Jun 2026", "8–21 de junio de 2026"),
    ),
)
def test_no_day_is_named_that_is_not_known(first: str, last: str, precision: str, english: str, spanish: str) -> None:
    days = (dt.date.fromisoformat(first), dt.date.fromisoformat(last), Precision(precision))
    assert (ENGLISH.known_days(*days), SPANISH.known_days(*days)) == (english, spanish)
    assert ENGLISH.deadline(*days) == english


@pytest.mark.parametrize(
    ("first", "last", "english", "spanish"),
    (
        (MARCH, MARCH, "5 March 2026", "5 de marzo de 2026"),
        (MARCH, dt.date(2026, 3, 31), "5–31 Mar 2026", "5–31 de marzo de 2026"),
        (dt.date(2025, 12, 1), MARCH, "1 Dec 2025–5 Mar 2026", "1 de diciembre de 2025–5 de marzo de 2026"),
        (JULY, SEPTEMBER, "July–September 2026", "julio–septiembre de 2026"),
    ),
)
def test_a_range_of_days_names_both_ends(first: dt.date, last: dt.date, english: str, spanish: str) -> None:
    assert (ENGLISH.period(first, last), SPANISH.period(first, last)) == (english, spanish)


def test_times_lists_numbers_and_languages_are_those_of_the_language() -> None:
    assert ENGLISH.moment("2026-05-04T12:00:00+00:00") == "4 May 2026, 12:00 UTC"
    assert SPANISH.moment("2026-05-04T12:00:00+00:00") == "4 de mayo de 2026, 12:00 UTC"
    assert ENGLISH.moment("some time") == "some time"
    assert [ENGLISH.join(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
    assert SPANISH.join(["A", "B", "C"]) == "A, B y C"
    assert (ENGLISH.number(1204), SPANISH.number(12_040)) == ("1,204", "12.040")
    assert (ENGLISH.percent(0.123), ENGLISH.percent(1), SPANISH.percent(0.05)) == ("12.3%", "100.0%", "5,0\xa0%")
    assert (ENGLISH.language_name("ca"), SPANISH.language_name("ca"), SPANISH.language_name("x")) == (
        "Catalan",
        "catalán",
        "x",
    )
    assert (SPANISH.language, SPANISH.direction) == ("es", "ltr")


TRICKY = "[[a]] *b* <i> & \u202e"


@pytest.mark.parametrize(
    ("inert", "once"),
    (
        (spell_out_controls, "[[a]] *b* &lt;i&gt; &amp; ⟦U+202E⟧"),
        (wikitext.escape, wikitext.escape(TRICKY)),
        (markdown.escape, markdown.escape(TRICKY)),
    ),
)
def test_values_of_a_message_in_a_template_are_escaped_once(
    polish: Translation, inert: Callable[[str], str], once: str
) -> None:
    environment = Environment(
        autoescape=inert is spell_out_controls,  # noqa: S701 - the other formats have an escape of their own
        finalize=lambda value: inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        undefined=StrictUndefined,
    )
    install_translation(environment, polish, inert)
    text = (
        "{% trans name=tricky %}<b>{{ name }}</b> & more{% endtrans %}"
        "|{{ gettext('<b>%(name)s</b> & more', name=quote) }}"
        "|{% trans num=2 %}{{ num }} line{% pluralize %}{{ num }} lines{% endtrans %}|{{ pgettext('month', 'May') }}"
        "|{% trans %}\n  Not\n  translated, 5 %\n{% endtrans %}"
    )
    assert environment.from_string(text).render(tricky=TRICKY, quote=Markup("<q>")) == (
        f"<b>{once}</b> i więcej|<b><q></b> i więcej|2 wiersze|maj|Not translated, 5 %"
    )


def test_auto_is_the_main_language_of_the_pads_where_its_catalogue_is_complete(polish: Translation) -> None:
    assert resolve_language("", {"pl": 9}) == "en"
    assert resolve_language("pl", {}) == "pl"
    assert resolve_language("auto", {"pl": 5, "en": 4, "und": 30}) == "pl"
    assert resolve_language("auto", {"pl": 4, "en": 5}) == "en"
    assert resolve_language("auto", {"de": 4}) == resolve_language("auto", {}) == "en"
    path = catalogue_path(polish.language)
    path.write_text(path.read_text(encoding="utf-8").replace("Complete: yes", "Complete: no"), encoding="utf-8")
    assert resolve_language("auto", {"pl": 5}) == "en"
    with pytest.raises(UserMistake):
        resolve_language("xx", {})


def test_a_list_of_names_with_commas_is_joined_by_semicolons() -> None:
    assert translation().join(["Money", "Safety, insurance", "Bees"]) == "Money; Safety, insurance; Bees"
    assert translation().join(["Safety, insurance"]) == "Safety, insurance"
    assert translation().join(["Money", "Soil", "Bees"]) == "Money, Soil and Bees"
