"""What a browser makes of some HTML."""

from html.parser import HTMLParser

from pipeline.report.formats.html_parser import CONTROL_ATTRIBUTE


class Page(HTMLParser):
    """Every element with its attributes and the text that it begins with, and the text that readers see."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._beginnings: list[str] = []
        self._inside = False
        self._boxed = False
        self.feed(str(source))  # Markup would escape what is added to it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        code = attributes.get(CONTROL_ATTRIBUTE)
        self.elements.append((tag, attributes))
        self.text += "\n" if tag == "br" else chr(int(code, 16)) if code else ""
        self._beginnings.append("")
        self._inside = True
        self._boxed = code is not None

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag == "br"
        self._boxed = self._boxed and tag != "span"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._boxed else data
        if self._inside:
            self._beginnings[-1] += data

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def named(self, *tags: str) -> list[dict[str, str]]:
        """Return the attributes of the elements with these tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def text_of(self, name: str) -> str:
        """Return the text of the only element with this tag."""
        [text] = [text for (tag, _), text in zip(self.elements, self._beginnings, strict=True) if tag == name]
        return text
