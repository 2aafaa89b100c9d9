"""MediaWiki itself shows the pages as they were meant: each quote to the character, and nothing of a pad acts."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.report.formats.output_format import spell_out_controls
from pipeline.report.formats.wikitext import read_back
from tests.support.html_page import Page
from tests.support.report_events import REPORTS

OF_THE_PAGE = {
    *("h2", "h3", "h4", "p", "ul", "ol", "li", "pre", "table", "tbody", "tr", "th", "td", "div", "dl", "dt", "dd"),
    *("b", "i", "a", "span", "bdi", "br", "code", "input", "label"),  # the last two fold the table of contents
}
LINKS = re.compile(
    r"#|https://pads\.example\.org/p/|/index\.php\?title=Report&action=edit&section=\d+\Z"  # MediaWiki's own "edit"
)

pytestmark = pytest.mark.mediawiki


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Page]:
    """Return what a fresh wiki, on SQLite and without a server, makes of a page's source."""
    if "MEDIAWIKI" not in os.environ:
        pytest.skip("`make test-wiki` runs these")
    commands = Path(os.environ["MEDIAWIKI"]) / "maintenance"
    php = shutil.which("php")
    if not php or not (commands / "parse.php").is_file():
        pytest.skip("MediaWiki is not installed (on Debian: apt install mediawiki php-cli php-sqlite3)")
    wiki = tmp_path_factory.mktemp("wiki")
    database = ("--dbtype", "sqlite", "--dbpath", str(wiki), "--dbname", "wiki")
    address = ("--server", "http://127.0.0.1", "--scriptpath", "")
    install = [php, str(commands / "install.php"), "--confpath", str(wiki), *database, *address]
    installed = subprocess.run(  # noqa: S603 - the command is ours
        [*install, "--pass", "for this test", "Test", "Admin"], capture_output=True, text=True, check=False
    )
    if installed.returncode:
        pytest.skip(f"MediaWiki could not be set up: {installed.stdout}{installed.stderr}")

    def parse(source: str) -> Page:
        parsed = subprocess.run(  # noqa: S603 - the command is ours
            [php, str(commands / "parse.php"), "--title=Report"],
            input=source,
            env={**os.environ, "MW_CONFIG_FILE": str(wiki / "LocalSettings.php")},
            capture_output=True,
            text=True,
            check=True,
        )
        return Page(parsed.stdout)

    return parse


@pytest.mark.parametrize("name", REPORTS)
def test_mediawiki_shows_every_quote_and_makes_nothing_of_pads(name: str, shown: Callable[[str], Page]) -> None:
    for file, source in some_pages(name).items():
        page = shown(source)
        assert set(page.tags()) <= OF_THE_PAGE, file
        addresses = [link["href"] for link in page.named("a")]
        assert all(LINKS.match(address) for address in addresses), file
        assert {address[1:] for address in addresses if address.startswith("#")} <= {*page.values("id"), ""}, file
        for quote in read_back(source):
            assert f"“{as_shown(spell_out_controls(quote.text))}”" in as_shown(page.text), file


def some_pages(name: str) -> dict[str, str]:
    """Return the page of the whole report and those of three groups."""
    pages = {file: page for file, page in REPORTS[name].items() if file.endswith(".wiki")}
    chosen = ["report.wiki", *sorted(pages.keys() - {"report.wiki"})[:3]]
    return {file: pages[file] for file in chosen}


def as_shown(text: str) -> str:
    """Return `text` as browsers lay it out: white space is one space, and none stands beside a quotation mark."""
    return re.sub(r"(?<=“)\s|\s(?=”)", "", " ".join(text.split())).strip()


def test_mediawiki_would_have_acted_on_the_same_notes_unescaped(shown: Callable[[str], Page]) -> None:
    page = shown("* “{{delete}} [[Main Page]] <b>bold</b> https://example.org”")
    assert {"a", "b"} <= set(page.tags())
    assert len(page.named("a")) == 3
