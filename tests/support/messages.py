"""Extract the messages of the code and templates, and bring the catalogues up to date with them: `make messages`.

    python -m tests.support.messages      # updates padharvest.pot and every padharvest.po
    python -m tests.support.messages pl   # also begins a catalogue for Polish

The files hold neither line numbers nor times, so that they change only where a message does.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from fetch.errors import UserMistake
from pipeline.translation import LOCALES, available, catalogue, catalogue_path, is_complete

TEMPLATE = LOCALES / "padharvest.pot"

_ROOT = LOCALES.parents[1]
_METHODS = [
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
    ("**.md", "jinja2.ext:babel_extract"),
    ("**.wiki", "jinja2.ext:babel_extract"),
]
_OPTIONS = {pattern: {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"} for pattern, _ in _METHODS[1:]}
_KEYWORDS = {"gettext": None, "ngettext": (1, 2), "plural_forms": (1, 2), "pgettext": ((1, "c"), 2), "N_": None}
_HEADERS = re.compile(
    rb"""^"(?: (?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To): | Last-Translator:\ FULL\ NAME
             | Language-Team:.*LL@li\.org ).*\n""",
    re.MULTILINE | re.VERBOSE,
)
"""Headers that change without a message changing, and placeholders that nobody filled in."""
_UNTRANSLATED = "is not translated"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_MARKUP = re.compile(r"</?\w[^<>]*>|''+|[<>&\[\]{}|*_#`~\\]")
"""What is markup in HTML, wikitext or Markdown: a tag, or a character that could begin some."""


def extract() -> Catalog:
    """Return the template: every message of pipeline/ and templates/, with the files it is in, untranslated."""
    comment = "# The messages of Padharvest, in English; `make messages` writes this file."
    template = Catalog(project="Padharvest", version="1", fuzzy=False, header_comment=comment)
    for folder in ("pipeline", "templates"):
        found = extract_from_dir(
            _ROOT / folder, _METHODS, _OPTIONS, _KEYWORDS, ("Translators:",), strip_comment_tags=True
        )
        for name, _, message, comments, context in found:
            template.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return template


def serialize(catalogue: Catalog) -> bytes:
    """Return the text of a .po or .pot file, sorted by message."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return _HEADERS.sub(b"", file.getvalue())


def faults(catalogue: Catalog) -> Iterator[str]:
    """Yield a sentence for everything that is missing or wrong in a catalogue."""
    expected = Catalog(locale=catalogue.locale)
    if catalogue.num_plurals != expected.num_plurals:
        yield f"the header's Plural-Forms is not that of the language: {expected.plural_forms}"
    for message in catalogue:
        if message.id:
            yield from (f"{message.id!r}: {fault}" for fault in _faults(message, catalogue.num_plurals))


def _faults(message: Message, num_plurals: int) -> Iterator[str]:
    plural = isinstance(message.id, tuple)
    original = str(message.id[-1] if plural else message.id)
    forms = tuple(message.string or "") if plural else (str(message.string or ""),)
    if message.fuzzy:
        yield "is marked as fuzzy; check it and remove the mark"
    if plural and len(forms) != num_plurals:
        yield f"has {len(forms)} plural forms instead of {num_plurals}"
    for form in forms:
        if not form:
            yield _UNTRANSLATED
        elif stray_percent(form):
            yield f"has a % that begins no placeholder must be written as %%, in {form!r}"
        elif Counter(_PLACEHOLDER.findall(form)) != Counter(_PLACEHOLDER.findall(original)):
            yield f"has other placeholders than in English in {form!r}"
        elif _markup(form) != _markup(original):
            yield f"has other markup than in English in {form!r}"
        elif (form[:1].isspace(), form[-1:].isspace()) != (original[:1].isspace(), original[-1:].isspace()):
            yield f"has other spaces at the beginning or end than in English in {form!r}"


def stray_percent(text: str) -> bool:
    """Return whether a message holds a percent sign that formatting would fail on."""
    return "%" in _PLACEHOLDER.sub("", text).replace("%%", "")


def _markup(text: str) -> Counter[str]:
    return Counter(_MARKUP.findall(_PLACEHOLDER.sub("", text)))


def _begin(language: str) -> None:
    """Write an empty catalogue for a new language."""
    try:
        name = Locale.parse(language).english_name
    except (UnknownLocaleError, ValueError) as error:
        raise UserMistake(f"{language!r} is no language code; use one of ISO 639-1, such as es or pl.") from error
    path = catalogue_path(language)
    if not path.exists():
        path.parent.mkdir(parents=True)
        comment = f"# {name} messages of Padharvest; docs/translating.md says how to edit them.\n#\n# Complete: no"
        path.write_bytes(serialize(Catalog(language, None, comment, "Padharvest", "1", fuzzy=False)))


def main(languages: list[str]) -> None:
    """Write the template, begin catalogues for new `languages`, and update all; report what is left to do."""
    template = extract()
    TEMPLATE.write_bytes(serialize(template))
    for language in languages:
        _begin(language)
    for language in available()[1:]:
        own = catalogue(language)
        own.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue_path(language).write_bytes(serialize(own))
        left = list(faults(own))
        print(f"{language}: {len(own)} messages, {len(left)} to do")  # noqa: T201
        for fault in left:
            if is_complete(own) or not fault.endswith(_UNTRANSLATED):
                print(f"  {fault}")  # noqa: T201


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserMistake as error:
        sys.exit(f"{error}")
