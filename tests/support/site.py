"""The curation page of the plots, asked as a browser would ask it."""

from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pipeline.analysis_records import Concern
from pipeline.anchors import Anchor, anchor_of
from pipeline.curation.decision_file import CURATION_FILE
from pipeline.translation import translation
from pipeline.web.server import Guard, make_app
from tests.support.plots import as_found, plots, session_of

PORT = 5000
HOME = f"http://127.0.0.1:{PORT}"


class Site:
    """The page of a fresh event, asked as a browser would ask it."""

    def __init__(
        self,
        root: Path,
        language: str = "en",
        found: Callable[[tuple[Concern, ...]], tuple[Concern, ...]] = as_found,
    ) -> None:
        self.folder = plots(root)
        self.guard = Guard(port=PORT)
        self.session = session_of(self.folder, found)
        self.refusals = 0
        self.app = make_app(self.session, self.guard, translation(language), self._refused)
        self.browser = self.opened()

    def _refused(self) -> None:
        self.refusals += 1

    def opened(self) -> FlaskClient:
        browser = self.app.test_client()
        browser.get(f"/open/{self.guard.address().rsplit('/', 1)[1]}", base_url=HOME)
        return browser

    def get(self, path: str) -> str:
        return self.browser.get(path, base_url=HOME, follow_redirects=True).text

    def concern(self, text: str) -> Concern:
        """The concern with this quote."""
        return next(one for one in self.session.event().curated.concerns if self.quote(text) in one.segment_ids)

    def quote(self, text: str) -> str:
        return next(one.id for one in self.session.event().curated.segments if one.text == text)

    def fields(self, **fields: str) -> dict[str, str]:
        sealed = {"token": self.guard.token, "version": self.session.event().version, "page": "overview", "at": "0"}
        return {**sealed, **fields}

    def post(self, path: str = "/decide", /, **fields: str) -> TestResponse:
        return self.browser.post(path, base_url=HOME, data=self.fields(**fields))

    def anchor(self, text: str) -> Anchor:
        segments = self.session.event().draft.found.segments
        return anchor_of(next(one for one in segments if one.text == text), segments)

    @property
    def file(self) -> Path:
        return self.folder / CURATION_FILE
