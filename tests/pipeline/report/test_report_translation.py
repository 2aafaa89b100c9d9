"""The report in Spanish: complete, and checked as the English one is; and no text of a template is left out of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from fetch.corpus import read_corpus
from pipeline.settings import from_event
from pipeline.translation import LOCALES, catalogue, report_translation
from tests.support.analysis import analysis_of
from tests.support.annotated import ALLOTMENTS, read
from tests.support.changed_event import changed_allotments
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

ROOT = Path(__file__).parents[3]
TEMPLATES = LOCALES.parent
PAGES = ("report.html", "report.wiki", "report.md")
NOT_OURS = re.compile(
    r'<(style|script)>.*?</\1>|data-quote="[^"]*"[^>]*>.*?</(?:blockquote|bdi|span)>|“.*?” —', re.DOTALL
)
"""What no translation is for: quotes, and the comments of style and script."""


@pytest.fixture(scope="module")
def sample() -> dict[str, str]:
    """The report of the sample event in Spanish, without its English introduction; rendering includes the gate."""
    corpus = read_corpus(ROOT / "corpus" / "sample")
    corpus = replace(corpus, event=replace(corpus.event, introduction=""))
    settings = from_event(corpus.event.settings, "sample")
    return checked_report(analysis_of(corpus, settings), corpus, "es")


def sentences_of_the_catalogue() -> Iterator[str]:
    """Yield the English text between the placeholders of each message that has three words and a translation."""
    for message in catalogue("es"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for english in ids:
            if english and english not in strings:
                parts = re.split(r"%\(\w+\)s|<[^>]*>", str(english))
                yield from (part.strip(" .:,()") for part in parts if len(re.findall(r"\w+", part)) > 2)


@pytest.mark.parametrize("name", PAGES)
def test_no_english_sentence_is_left_in_the_spanish_report(sample: dict[str, str], name: str) -> None:
    for report in (sample, checked_report(*read_allotments(), "es"), checked_report(*changed_allotments(), "es")):
        text = NOT_OURS.sub("", report[name].replace("&#39;", "'"))
        assert "Este es un primer borrador" in text
        assert [sentence for sentence in sentences_of_the_catalogue() if sentence in text] == []


def test_the_spanish_page_names_its_language_and_that_of_its_quotes(sample: dict[str, str]) -> None:
    assert '<html lang="es" dir="ltr">' in sample["report.html"]
    assert re.search(r'<blockquote dir="auto" data-quote="[^"]*" lang="en">', sample["report.html"])


def test_auto_is_the_language_of_most_notes() -> None:
    analysis, _ = read(ALLOTMENTS)
    spanish = replace(analysis, segments=tuple(replace(segment, language="es") for segment in analysis.segments))
    assert report_translation("auto", spanish.segments).language == "es"
    assert report_translation("auto", analysis.segments).language == "en"


REPORT_TEMPLATES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*")
    if path.suffix in {".html", ".md", ".wiki"} and "curate" not in path.parts
)
SHOWN_ATTRIBUTES = re.compile(r'(?:aria-label|title|alt|placeholder)="([^"]*)"')
MARKUP = re.compile(r'<[^>]*>|class="wikitable"|scope="\w+"|\(report\.html#', re.DOTALL)


def untranslated(source: str) -> list[str]:
    """Return the words that a template prints outside of {% trans %} and gettext."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    # A message is parsed as a constant, not as data. Expressions may stand within a tag, so all data is joined first.
    text = "\x00".join(data.data for data in tree.find_all(nodes.TemplateData))
    shown = [MARKUP.sub(" ", text), *SHOWN_ATTRIBUTES.findall(text)]
    return re.findall(r"[^\W\d_]{2,}", " ".join(shown))


@pytest.mark.parametrize("name", REPORT_TEMPLATES)
def test_a_template_holds_no_text_outside_of_translation(name: str) -> None:
    assert untranslated((TEMPLATES / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    (
        ("<p>{{ gettext('Groups') }} {% trans n=1 %}{{ n }} line{% endtrans %}</p>", []),
        ("<p class='a' id=\"{{ x }}-h\">Groups {{ x }}</p>", ["Groups"]),
        ('<a href="#{{ x }}" aria-label="Contents">{{ x }}</a>', ["Contents"]),
        ("== {{ x }} ==\n* who: {{ y }}", ["who"]),
    ),
)
def test_text_outside_of_translation_is_found(source: str, words: list[str]) -> None:
    assert untranslated(source) == words
