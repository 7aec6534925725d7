"""Reads the forms of a page, with the values that a browser would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    """
    A form of a page. `values` is what a browser sends without any input, `buttons` the submit buttons, `choices` the
    other values of selects, check boxes and radio buttons, and `files` the names of file inputs.
    """

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str):
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.form: Form | None = None
        self.select = self.text_area = ""

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(f"http://testserver{self.address}", values.get("action", ""))
            self.form = Form(action.removeprefix("http://testserver"), values.get("method", "get").lower())
            self.forms.append(self.form)
            self.by_id[values.get("id", "")] = self.form
            return
        form = self.by_id.get(values["form"]) if "form" in values else self.form
        name, value = values.get("name", ""), values.get("value", "")
        if form is None:
            return
        kind = values.get("type", "text")
        if tag == "option" and self.select:
            (form.values if "selected" in values else form.choices).append((self.select, value))
        elif not name:
            return
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            self.text_area = name
            form.values.append((name, ""))
        elif tag == "button" or (tag == "input" and kind in ("submit", "image")):
            form.buttons.append((name, value))
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag == "input" and kind in ("checkbox", "radio"):
            (form.values if "checked" in values else form.choices).append((name, value or "on"))
        elif tag == "input":
            form.values.append((name, value))

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.text_area = ""

    def handle_data(self, data):
        if self.text_area and self.form:
            name, text = self.form.values[-1]
            if name == self.text_area:
                self.form.values[-1] = (name, text + data)


def forms_of(address: str, html: str) -> list[Form]:
    """Return the forms of the page `html` that is at `address`."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms
