"""Helpers for reading public pages in tests."""

from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfReader


def body(client, address, status=200):
    """Return the page at `address`, which must have the status `status`."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def shown(client, address):
    """Return the FilteredList of the page at `address`."""
    return client.get(address).context["list"]


def text_of(body):
    """Return the content of a body as text: of an archive the names and contents of its files, of a PDF its text."""
    if body.startswith(b"PK\x03\x04"):
        with ZipFile(BytesIO(body)) as archive:
            return "\n".join(f"{name}\n{text_of(archive.read(name))}" for name in archive.namelist())
    if body.startswith(b"%PDF"):
        reader = PdfReader(BytesIO(body))
        return "\n".join([f"{reader.metadata}", *(page.extract_text() for page in reader.pages)])
    return body.decode(errors="replace")
