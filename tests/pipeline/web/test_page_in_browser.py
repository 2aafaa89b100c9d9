"""`make curate` as a facilitator uses it: the real program, a real browser, and the keyboard alone."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fetch.corpus import read_corpus
from pipeline.curation.decision_file import CURATION_FILE, read_curation
from pipeline.curation.decisions import Belongs, Merge, New, NotHere, Rename, StateKind, StateOwner
from pipeline.segment_records import Kind
from tests.support.analysis import analysis_of
from tests.support.plots import EVENT, plots

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
NOW = "2026-05-04T12:00:00+00:00"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Running:
    """`python -m pipeline curate` while it runs; `addresses` reads the next address from what it prints."""

    process: subprocess.Popen[str]
    folder: Path

    def address(self) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/open/\S+", line):
                return found[0]
        raise AssertionError("It ended without an address.")


@contextmanager
def started(root: Path, where: Path) -> Iterator[Running]:
    folder = plots(where / "corpus")
    options = ["--corpus", str(where / "corpus"), "--build", str(where / "build"), "--no-browser"]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children would ignore Ctrl-C
    process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
        [sys.executable, "-m", "pipeline", "curate", EVENT, *options],
        cwd=root,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield Running(process, folder)
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One program for most tests: it remembers nothing but the file."""
    with started(ROOT, tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture(scope="module")
def context(browser: Browser, shared: Running) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.new_page().goto(shared.address())
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, shared: Running) -> Iterator[Page]:
    (shared.folder / CURATION_FILE).unlink(missing_ok=True)
    page = context.new_page()
    page.goto(context.pages[0].url)
    yield page
    page.close()


def expect_status(page: Page, words: str) -> None:
    """Wait for what screen readers announce."""
    expect(page.get_by_role("status")).to_have_text(re.compile(words))


def press(page: Page, keys: str, words: str) -> None:
    page.keyboard.press(keys)
    expect_status(page, words)


def ready(page: Page) -> None:
    """Waits until keys work: the script puts the focus on the first quote."""
    expect(page.locator("[data-item][data-focus]")).to_be_focused()


def quotes(page: Page) -> list[str]:
    return page.locator("[data-item] blockquote").all_inner_texts()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.querySelector('blockquote')?.textContent ?? ''"))


def test_a_whole_session_by_keyboard_alone(page: Page, shared: Running) -> None:
    file = shared.folder / CURATION_FILE
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    heading = page.locator("h1#label")
    ready(page)
    label, first, second = heading.inner_text(), *quotes(page)[:2]
    assert focused(page) == first

    press(page, "y", "^Saved: Put “")
    assert focused(page) == second
    press(page, "n", "^Saved: Keep “")
    page.keyboard.press("r")
    page.keyboard.type("What it is really called")
    press(page, "Enter", f"Rename “{label}” to “What it is really called”")
    expect(heading).to_have_text("What it is really called")
    expect(page.locator(".progress")).to_contain_text("3 of ")

    press(page, "u", "^Taken back")
    expect(heading).to_have_text(label)
    page.keyboard.press("r")
    page.keyboard.type("Really this")
    press(page, "Enter", "to “Really this”")

    page.keyboard.press("g")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("Both together")
    press(page, "Enter", "Merge .* into “Both together”")
    page.reload()
    expect(heading).to_have_text("Both together")

    kinds = [type(one) for one in read_curation(file).decisions]
    assert kinds == [Belongs, NotHere, Rename, Merge]
    analysis = analysis_of(read_corpus(shared.folder), curation=read_curation(file))
    both = next(one for one in analysis.concerns if one.label == "Both together")
    texts = {one.id: one.text for one in analysis.segments}
    members = {texts[one] for one in both.segment_ids}
    assert both.named
    assert first in members
    assert second not in members


def test_questions_are_answered_by_keyboard_and_teach_the_next_ones(page: Page, shared: Running) -> None:
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Where does this quote belong?")).to_be_visible()
    ready(page)
    asked = focused(page)
    page.keyboard.press("c")
    page.keyboard.type("Asked and named")
    press(page, "Enter", "Create the concern “Asked and named” with 1 quote")
    assert focused(page) != asked
    press(page, "n", "Keep “")
    assert [type(one) for one in read_curation(shared.folder / CURATION_FILE).decisions] == [New, NotHere]


def test_what_a_quote_is_who_does_it_and_by_when_are_said_by_one_key_each(page: Page, shared: Running) -> None:
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name="Next steps and other kinds")).to_be_visible()
    page.get_by_role("link", name="Questions (").click()
    ready(page)
    text = focused(page)
    press(page, "p", f"Take “{re.escape(text)}” for a next step")
    assert focused(page) == text
    page.keyboard.press("w")
    page.keyboard.type("THE PUMP")
    press(page, "Enter", f"Say that “the pump” takes on “{re.escape(text)}”")
    page.keyboard.press("b")
    page.keyboard.type("by Friday")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not contain these words")
    page.keyboard.press("u")
    expect_status(page, "^Taken back")
    press(page, "z", "says nothing")
    press(page, "u", "^Taken back")
    assert focused(page) == text
    (decision,) = read_curation(shared.folder / CURATION_FILE).decisions
    assert isinstance(decision, StateKind)
    assert decision.kind is Kind.ACTION


def test_on_the_page_of_a_concern_the_keys_work_though_the_buttons_are_folded(page: Page, shared: Running) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    ready(page)
    text = focused(page)
    press(page, "d", f"Take “{re.escape(text)}” for a decision")
    assert focused(page) == text
    page.keyboard.press("w")
    field = page.locator("input[name=owner]").first
    expect(field).to_be_focused()
    expect(field).to_be_visible()
    page.keyboard.type(text.split()[0])
    press(page, "Enter", "takes on")
    kind, owner = read_curation(shared.folder / CURATION_FILE).decisions
    assert isinstance(kind, StateKind)
    assert isinstance(owner, StateOwner)
    press(page, "y", "^Saved: Put “")
    decided = page.locator("section[aria-labelledby=decided-h] [data-item]").first
    decided.focus()
    press(page, "q", f"Take “{re.escape(text)}” for a question")
    assert focused(page) == text


def test_the_introduction_is_previewed_as_it_is_typed_and_not_lost_by_another_step(page: Page, shared: Running) -> None:
    event, introduction = shared.folder / "event.toml", shared.folder / "introduction.md"
    before = event.read_bytes()
    page.keyboard.press("e")
    text = page.get_by_label("What readers should know")
    text.focus()
    page.keyboard.type("Who *met* <img src=x onerror=alert(1)>")
    expect(page.locator("#preview em")).to_have_text("met")
    expect(page.locator("#preview")).to_have_text("Who met <img src=x onerror=alert(1)>")
    page.get_by_label("New name of the group Water").fill("Wells")
    press(page, "Enter", "^Saved: Rename the group “Water” to “Wells”")
    expect(page.locator(".line .chip").first).to_have_text("We")
    expect(text).to_have_value("Who *met* <img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Save the introduction").press("Enter")
    expect_status(page, "^Saved: Change the introduction")
    assert introduction.read_text(encoding="utf-8") == "Who *met* <img src=x onerror=alert(1)>\n"
    press(page, "u", "^Taken back. The last step is now: Rename the group")
    expect(text).to_have_value("")
    press(page, "u", "^Taken back.$")
    assert not introduction.exists()
    assert event.read_bytes() == before


def test_a_window_left_behind_is_told_so_and_shows_how_things_are(page: Page, shared: Running) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    page.keyboard.press("c")
    page.keyboard.type("First")
    press(page, "Enter", "Create the concern “First”")
    other.keyboard.press("c")
    other.keyboard.type("Second")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("was not saved")
    expect(other.get_by_role("link", name="First", exact=True)).to_be_visible()
    assert len(read_curation(shared.folder / CURATION_FILE).decisions) == 1


def test_single_keys_can_be_turned_off_and_everything_goes_by_tab_and_enter(page: Page, shared: Running) -> None:
    page.keyboard.press("?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    assert page.url.endswith("/")
    page.get_by_label("New concern").focus()
    page.keyboard.type("By tab")
    page.keyboard.press("Tab")
    press(page, "Enter", "Create the concern “By tab”")
    page.evaluate("localStorage.clear()")
    assert len(read_curation(shared.folder / CURATION_FILE).decisions) == 1


def test_without_script_every_form_still_works(browser: Browser, context: BrowserContext, page: Page) -> None:
    inert = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    still = inert.new_page()
    still.goto(page.url)
    still.locator(".rows a").first.click()
    still.get_by_role("button", name="Does not belong here").first.click()
    expect(still.get_by_role("status")).to_contain_text("Keep “")
    still.get_by_role("button", name="Undo").click()
    expect(still.get_by_role("status")).to_contain_text("Taken back")
    inert.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways_or_is_asked_elsewhere(page: Page) -> None:
    home, asked, complaints = page.url, list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.locator(".rows a").first.click()
    ready(page)
    concern = page.url
    press(page, "y", "Saved")
    for address in (
        home,
        concern,
        f"{home}ask",
        f"{home}rest",
        f"{home}facts?list=question",
        f"{home}lines/3",
        f"{home}event",
        f"{home}decisions",
    ):
        page.goto(address)
        page.locator("details").evaluate_all("all => { for (const one of all) one.open = true; }")
        page.emulate_media(color_scheme="dark")
        assert Axe().run(page).violations_count == 0, f"{address}, dark"
        page.emulate_media(color_scheme="light")
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            results = Axe().run(page)
            assert results.violations_count == 0, f"{address} {width}: {results.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(one.startswith(home) for one in asked)
    assert complaints == []
    assert page.title() != "owned"


def test_it_opens_once_by_each_address_and_ends_with_what_to_do_next(browser: Browser, tmp_path: Path) -> None:
    with started(ROOT, tmp_path) as running:
        used = running.address()
        first, second = browser.new_context(), browser.new_context()
        page, late = first.new_page(), second.new_page()
        page.goto(used)
        late.goto(used)
        assert "used already" in late.content()
        late.goto(running.address())
        expect(late.get_by_role("heading", level=1)).to_be_visible()

        running.process.send_signal(signal.SIGINT)
        rest, _ = running.process.communicate()
        assert running.process.returncode == 0
        assert f"make analyze EVENT={EVENT}" in rest
        assert "Traceback" not in rest
        page.keyboard.press("c")
        page.keyboard.type("Too late")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("was not saved")
        first.close()
        second.close()
