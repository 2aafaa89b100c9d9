"""Text for people in one language: messages from a gettext catalogue; dates, lists and numbers from Babel.

Messages in the code are English and name their values: `translation.gettext("by %(date)s", date=…)`. A catalogue is
templates/locale/<language>/LC_MESSAGES/padharvest.po, parsed at run time. docs/translating.md is for translators.
"""

import calendar
import datetime as dt
import gettext
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment
from markupsafe import Markup, escape

from fetch.errors import UserMistake
from pipeline.segment_records import LineRole, Precision, Segment

LOCALES = Path(__file__).resolve().parents[1] / "templates" / "locale"
ENGLISH = "en"
AUTO = "auto"
"""The value of `language` in event.toml that stands for the main language of the pads."""

DAYS_OF_A_WEEK = 7
_COMPLETE = "Complete: yes"
_UNDETERMINED = frozenset({"", "und", "mul", "zxx"})


def N_(message: str) -> str:  # noqa: N802 - gettext's name for a marker
    """Mark `message` for extraction and return it unchanged; pass it to `Translation.gettext` where it is shown."""
    return message


@dataclass(frozen=True, slots=True, eq=False)
class Translation:
    """The messages and formats of one language; `language` is its ISO 639-1 code, as HTML's `lang` takes it.

    Values of messages are strings, or integers, which are printed as the language prints numbers. The results are plain
    text: whoever prints them escapes them for the format at hand.
    """

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    @property
    def direction(self) -> str:
        """Return the direction of the script, `ltr` or `rtl`, as HTML's `dir` takes it."""
        return self.locale.text_direction

    def gettext(self, message: str, /, **values: str | int) -> str:
        """Return the translation of `message`, with each `%(name)s` in it replaced by the value of that name."""
        return self.catalogue.gettext(message) % self._printed(values)

    def ngettext(self, singular: str, plural: str, num: int, /, **values: str | int) -> str:
        """Return the form of a message that goes with the number `num`, which is the value `%(num)s` of the message."""
        return self.catalogue.ngettext(singular, plural, num) % self._printed({"num": num, **values})

    def plural_forms(self, singular: str, plural: str) -> dict[str, str]:
        """Return a message with `#` in place of its number `%(num)s`, by the plural categories of whole numbers.

        The categories are those of `Intl.PluralRules` in a browser (`one`, `few`, …); one that only numbers from 1000
        on have is left out, and `other` is there always.
        """
        numbers = {self.locale.plural_form(number): number for number in reversed(range(1000))}
        numbers.setdefault("other", 0)
        forms = {form: self.catalogue.ngettext(singular, plural, number) for form, number in numbers.items()}
        return {form: message % {"num": "#"} for form, message in sorted(forms.items())}

    def pgettext(self, context: str, message: str, /, **values: str | int) -> str:
        """Return the translation of a `message` that means different things in different contexts."""
        return self.catalogue.pgettext(context, message) % self._printed(values)

    def day(self, date: dt.date) -> str:
        """Return a date in full: `3 May 2026`."""
        return format_date(date, "long", self.locale)

    def deadline(self, first: dt.date, last: dt.date, precision: Precision) -> str:
        """Return a deadline as exactly as it is known; both ends are included.

        As `known_days`, but of days that are no whole months only the last is named, for it is the one that counts:
        `by 20 June 2026`.
        """
        if precision is not Precision.DAY or first == last or _are_whole_months(first, last):
            return self.known_days(first, last, precision)
        return self.gettext("by %(date)s", date=self.day(last))

    def known_days(self, first: dt.date, last: dt.date, precision: Precision) -> str:
        """Return a range of days as exactly as it is known, without days that nobody named.

        `23–29 April 2026` is known to the day, `week of 20 April 2026` to the week, `August 2026` or `December
        2015–February 2016` to the month or the quarter, and `2026` to the year.
        """
        if precision is Precision.DAY:
            return self.period(first, last)
        if precision is Precision.WEEK:
            monday = first - dt.timedelta(days=first.weekday())
            in_one_week = (last - monday).days < DAYS_OF_A_WEEK
            return self.gettext("week of %(date)s", date=self.day(monday)) if in_one_week else self.period(first, last)
        if precision is Precision.YEAR:
            first, last = first.replace(month=1), last.replace(month=12)
        days_of_last_month = calendar.monthrange(last.year, last.month)[1]
        return self.period(first.replace(day=1), last.replace(day=days_of_last_month))

    def period(self, first: dt.date, last: dt.date) -> str:
        """Return a range of days: `3 May 2026`, `23–29 April 2026`, `June 2026`, `July–September 2026` or `2030`."""
        if first == last:
            return self.day(last)
        if not _are_whole_months(first, last):
            return self._interval(first, last, "yMMMMd")
        if (first.year, first.month) == (last.year, last.month):
            return format_skeleton("yMMMM", last, locale=self.locale)
        if (first.month, last.month) == (1, 12):
            return self._interval(first, last, "y")
        return self._interval(first, last, "yMMMM")

    def short_date(self, date: dt.date, skeleton: str) -> str:
        """Return the parts of a date that a CLDR skeleton names: `16 May` (MMMd), `May` (MMM) or `2026` (y)."""
        return format_skeleton(skeleton, date, locale=self.locale)

    def _interval(self, first: dt.date, last: dt.date, skeleton: str) -> str:
        # CLDR sets thin spaces around the dash in some languages, which plain text and search do not expect.
        return format_interval(first, last, skeleton, locale=self.locale).replace("\u2009", "")

    def moment(self, iso: str) -> str:
        """Return a time in UTC, given in ISO 8601: `4 May 2026, 12:00 UTC`; anything else is returned unchanged."""
        try:
            when = dt.datetime.fromisoformat(iso)
        except ValueError:
            return iso
        time = format_skeleton("Hm", when, locale=self.locale)
        return f"{self.locale.datetime_formats['medium'].format(time, self.day(when.date()))} UTC"

    def join(self, items: Sequence[str]) -> str:
        """Return a list in one phrase: `Water, Soil and Bees`; with semicolons alone if an item has a comma."""
        if len(items) > 1 and any("," in item for item in items):
            return "; ".join(items)
        return format_list(items, locale=self.locale)

    def number(self, number: int) -> str:
        """Return an integer with the language's separators: `1,204`."""
        return format_decimal(number, locale=self.locale)

    def percent(self, share: float) -> str:
        """Return a share from 0 to 1 in percent, with one decimal: `12.3%`."""
        pattern = self.locale.percent_formats[None].pattern.replace("0", "0.0")
        return format_percent(share, pattern, locale=self.locale)

    def language_name(self, code: str) -> str:
        """Return what the language with an ISO 639-1 code is called; a code without a name is returned unchanged."""
        name: str = self.locale.languages.get(code, code)
        return name

    def _printed(self, values: Mapping[str, str | int]) -> dict[str, str]:
        return {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}


def _are_whole_months(first: dt.date, last: dt.date) -> bool:
    """Return whether a range of days is one or more whole months."""
    return first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]


def available() -> tuple[str, ...]:
    """Return the codes of the languages that there is a catalogue for, English first."""
    return (ENGLISH, *sorted(path.parents[1].name for path in LOCALES.glob("*/LC_MESSAGES/padharvest.po")))


@cache
def translation(language: str = ENGLISH) -> Translation:
    """Return the translation into `language`, one of `available()`; raise UserMistake for any other."""
    if language == ENGLISH:  # the messages in the code; British dates and lists
        return Translation(language, Locale("en", "GB"), gettext.NullTranslations())
    found = catalogue(language)
    compiled = io.BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return Translation(language, Locale.parse(language), gettext.GNUTranslations(compiled))


def catalogue(language: str) -> Catalog:
    """Parse the catalogue of a language; raise UserMistake if there is none or it cannot be parsed."""
    if language not in available():
        raise UserMistake(
            f"There is no translation into {language!r}; there are {', '.join(available())} "
            "(docs/translating.md says how to add one)."
        )
    path = catalogue_path(language)
    try:
        with path.open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)
    except (PoFileError, UnknownLocaleError, ValueError) as error:
        raise UserMistake(f"{path}: cannot be read as a gettext catalogue: {error}.") from error


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language is kept."""
    return LOCALES / language / "LC_MESSAGES" / "padharvest.po"


def is_complete(catalogue: Catalog) -> bool:
    """Return whether the comment at the head of a catalogue says that nothing is missing in it."""
    return _COMPLETE in catalogue.header_comment


def resolve_language(setting: str, languages: Mapping[str, int]) -> str:
    """Return the language of the report: `setting` is `language` in event.toml, "" for English.

    `languages` counts the content segments in each language. "auto" is the most frequent one if it has a complete
    catalogue, and otherwise English. Raises UserMistake for a language without a catalogue.
    """
    if setting != AUTO:
        return translation(setting or ENGLISH).language
    determined = Counter({code: count for code, count in languages.items() if code not in _UNDETERMINED})
    main = min(determined, key=lambda code: (-determined[code], code), default=ENGLISH)
    return main if main in available()[1:] and is_complete(catalogue(main)) else ENGLISH


def report_translation(setting: str, segments: Sequence[Segment]) -> Translation:
    """Return the translation that event.toml's `language` chooses for an event of these segments."""
    languages = Counter(segment.language for segment in segments if segment.role is LineRole.CONTENT)
    return translation(resolve_language(setting, languages))


def install_translation(environment: Environment, translation: Translation, inert: Callable[[str], str]) -> None:
    """Give the templates of a Jinja environment `{% trans %}` and `gettext`, `ngettext` and `pgettext`.

    The message is printed as it stands, so it may hold markup of the template's format. Each value is made harmless by
    `inert`, the function that the environment's `finalize` applies, and escaped where Jinja escapes; a value that is
    Markup, and so escaped already, is left alone. The result is Markup, so that it is not escaped once more.
    """

    def filled(message: str, values: Mapping[str, object]) -> Markup:
        return Markup(message) % {name: printed(value) for name, value in values.items()}  # noqa: S704 - our message

    def printed(value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        text = inert(translation.number(value) if isinstance(value, int) else str(value))
        return escape(text) if environment.autoescape else Markup(text)  # noqa: S704 - escaped by `inert`

    def jinja_gettext(message: str, /, **values: object) -> Markup:
        return filled(translation.catalogue.gettext(message), values)

    def jinja_ngettext(singular: str, plural: str, num: int, /, **values: object) -> Markup:
        return filled(translation.catalogue.ngettext(singular, plural, num), {"num": num, **values})

    def jinja_pgettext(context: str, message: str, /, **values: object) -> Markup:
        return filled(translation.catalogue.pgettext(context, message), values)

    environment.extend(newstyle_gettext=True)  # before the extension, which sets it to False where it is missing
    environment.add_extension("jinja2.ext.i18n")
    del environment.globals["_"]  # one name for a function, and the one that is extracted
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(gettext=jinja_gettext, ngettext=jinja_ngettext, pgettext=jinja_pgettext)
