"""The live report: what is served to whom, what its page says, and how it brings a new report to a reader."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Frame, Page, expect

from pipeline.translation import translation
from pipeline.web.live_report import LiveReport, Trouble, WatchState, Work, make_live_app
from pipeline.web.server import Guard, listening

HOME = "http://127.0.0.1:5000"
PATIENCE = 20_000
"""Milliseconds for what takes a thousand on a machine that is not busy."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>Report</title></head>
<body><main id="main"><h1>Report {number}</h1>
<section id="glance"><h2>At a glance</h2><p>{glance}</p><details id="fold"><summary>Why</summary>Because</details>
<p><label>Search <input></label></p>{space}</section>
<section id="questions"><h2>Questions</h2><p><a href="http://127.0.0.2/p/pad">in the pad</a></p>{space}</section>
</main></body></html>"""
SPACE = "<p>line</p>" * 60


@dataclass
class Live:
    """An event's outputs as a test writes them, and the state of a watch."""

    folder: Path
    state: WatchState = field(default_factory=lambda: WatchState(work=Work.WAIT, time=0.0))

    def write(self, number: int, glance: str = "") -> None:
        """Put a report in place of the one before, as `write_outputs` does: whole, and a file of its own."""
        new = self.folder.parent / "new.html"
        new.write_text(PAGE.format(number=number, glance=glance, space=SPACE), encoding="utf-8")
        self.folder.mkdir(exist_ok=True)
        new.rename(self.folder / "report.html")

    @property
    def report(self) -> LiveReport:
        return LiveReport(folder=self.folder, title="Plots <b>& beds", state=lambda: self.state)

    def client(self, language: str = "en") -> FlaskClient:
        """A browser that has opened the page's address."""
        guard = Guard(port=5000)
        client = make_live_app(self.report, guard, translation(language), lambda: None).test_client()
        client.get(guard.address().removeprefix(HOME), base_url=HOME)
        return client


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(tmp_path / "plots")


def told(live: Live, language: str = "en") -> dict[str, str]:
    answer: dict[str, str] = json.loads(live.client(language).get("/state", base_url=HOME).text)
    return answer


def test_only_a_browser_that_opened_the_address_and_calls_the_server_by_it_sees_anything(live: Live) -> None:
    live.write(1)
    client = live.client()
    stranger = client.application.test_client()
    for path in ("/", "/state", "/report/report.html", "/static/live.js", "/report/nowhere"):
        assert stranger.get(path, base_url=HOME).status_code == 403, path
        assert client.get(path, base_url=HOME, headers={"Host": "evil.example:5000"}).status_code == 403, path
    for path in ("/", "/state", "/report/report.html"):
        assert client.post(path, base_url=HOME).status_code == 403, path


def test_the_report_is_served_byte_for_byte_and_may_be_framed_by_our_page_only(live: Live) -> None:
    live.write(1)
    answer = live.client().get("/report/report.html", base_url=HOME)
    assert answer.data == (live.folder / "report.html").read_bytes()
    assert answer.mimetype == "text/html"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    page = live.client().get("/", base_url=HOME)
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "Plots &lt;b&gt;&amp; beds" in page.text


def test_our_outputs_are_served_and_nothing_else_of_the_disk(live: Live) -> None:
    live.write(1)
    (live.folder / "groups").mkdir()
    for name in ("groups/Water & soil.html", "quotes.csv", "groups/Kids.wiki"):
        (live.folder / name).write_text(name, encoding="utf-8")
    (live.folder.parent / "secret.html").write_text("secret", encoding="utf-8")
    for name in ("previous/analysis.json", "notes.html", "groups/.part-x.html", "groups/deep/x.html"):
        (live.folder / name).parent.mkdir(exist_ok=True)
        (live.folder / name).write_text("secret", encoding="utf-8")
    (live.folder / "groups" / "link.html").symlink_to(live.folder.parent / "secret.html")
    client = live.client()
    page = client.get("/report/groups/Water%20%26%20soil.html", base_url=HOME)
    assert (page.text, page.mimetype) == ("groups/Water & soil.html", "text/html")
    for name in ("quotes.csv", "groups/Kids.wiki"):
        answer = client.get(f"/report/{name}", base_url=HOME)
        assert (answer.text, answer.headers["Content-Disposition"]) == (name, "attachment")
    hidden = ("previous/analysis.json", "notes.html", "groups/.part-x.html", "groups/deep/x.html", "groups/link.html")
    outside = ("../secret.html", "groups/../../secret.html", "groups/..%2f..%2fsecret.html", "groups/%00.html")
    for name in (*hidden, *outside, "", "groups/", "groups", "/etc/passwd"):
        answer = client.get(f"/report/{name}", base_url=HOME)
        assert answer.status_code in {404, 308}, name
        assert "secret" not in answer.text, name


def test_before_the_first_report_the_page_says_so(live: Live) -> None:
    answer = live.client().get("/report/report.html", base_url=HOME)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.text == "The first report is being made. It appears here when it is done."
    assert told(live)["report"] == told(live)["is_from"] == ""


def test_each_report_has_a_tag_of_its_own_and_keeps_it(live: Live) -> None:
    live.write(1)
    first = told(live)
    assert first["report"] == told(live)["report"]
    assert re.fullmatch(r"The report is new, of \d\d:\d\d\.", first["is_new"])
    live.write(1)
    assert told(live)["report"] != first["report"]


def test_what_does_not_work_is_said_in_the_language_of_the_report(live: Live) -> None:
    lost = Trouble(since=0.0, why="its server was silent\u202e", pads=2, of=2)
    live.state = WatchState(work=Work.FETCH, time=0.0, unfetched=lost, gone=2)
    assert re.fullmatch(
        r"Sin respuesta desde las \d\d:\d\d \(its server was silent⟦U\+202E⟧\); el informe muestra lo que se había "
        r"descargado antes\. 2 pads ya no están en su servidor; el informe muestra las copias que se guardaron\.",
        told(live, "es")["trouble"],
    )


@contextmanager
def opened(browser: Browser, live: Live) -> Iterator[Page]:
    """The page in a browser, served as the command does."""
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    page = context.new_page()
    with listening(0, lambda guard, refused: make_live_app(live.report, guard, translation(), refused), print) as own:
        server, address = own
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        page.goto(address)
        try:
            yield page
        finally:
            context.close()  # waitress ends when it is closed and nobody is connected
    thread.join()


def frame(page: Page) -> Frame:
    [inner] = page.main_frame.child_frames
    return inner


@pytest.mark.browser
def test_a_new_report_is_shown_at_the_place_where_the_reader_is(browser: Browser, live: Live) -> None:
    with opened(browser, live) as page:
        report = page.frame_locator("#report")
        expect(report.locator("body")).to_contain_text("The first report is being made", timeout=PATIENCE)
        live.write(1)
        expect(report.locator("h1")).to_have_text("Report 1", timeout=PATIENCE)
        frame(page).evaluate("fold.open = true; questions.scrollIntoView(); scrollBy(0, -40)")
        live.write(2, glance="New lines stand above. " * 200)
        expect(report.locator("h1")).to_have_text("Report 2", timeout=PATIENCE)
        expect(page.locator("#news")).to_contain_text("The report is new, of", timeout=PATIENCE)
        expect(report.locator("#fold")).to_have_attribute("open", "")
        expect(report.locator("#questions")).to_be_in_viewport()
        assert abs(frame(page).evaluate("questions.getBoundingClientRect().top") - 40) < 1


@pytest.mark.browser
def test_a_reader_in_the_middle_of_something_is_offered_a_button(browser: Browser, live: Live) -> None:
    live.write(1)
    with opened(browser, live) as page:
        report = page.frame_locator("#report")
        report.get_by_label("Search").fill("tap")
        live.write(2)
        button = page.get_by_role("button", name="Show it")
        expect(page.locator("#news")).to_contain_text("There is a new report, of", timeout=PATIENCE)
        expect(report.locator("h1")).to_have_text("Report 1", timeout=PATIENCE)
        button.press("Enter")
        expect(report.locator("h1")).to_have_text("Report 2", timeout=PATIENCE)
        expect(button).to_be_hidden()
        page.get_by_label("Show each new report at once").uncheck()
        live.write(3)
        expect(button).to_be_visible(timeout=PATIENCE)
        expect(report.locator("h1")).to_have_text("Report 2", timeout=PATIENCE)


@pytest.mark.browser
def test_the_page_is_accessible_asks_nobody_else_and_opens_pads_in_a_window_of_their_own(
    browser: Browser, live: Live
) -> None:
    live.write(1)
    live.state = WatchState(work=Work.WAIT, time=0.0, unfetched=Trouble(since=0.0, why="it was silent", pads=2, of=2))
    with opened(browser, live) as page:
        asked, complaints = list[str](), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.reload()
        expect(page.frame_locator("#report").locator("h1")).to_be_visible(timeout=PATIENCE)
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 600})
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        home = page.url
        assert {url for url in asked if not url.startswith((home, "data:"))} == set()
        assert complaints == []
        page.context.route("http://127.0.0.2/**", lambda route: route.fulfill(body="the pad"))
        with page.context.expect_page() as pad:
            page.frame_locator("#report").get_by_role("link", name="in the pad").click()
        assert pad.value.url == "http://127.0.0.2/p/pad"
        assert page.url == home
