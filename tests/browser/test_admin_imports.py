"""Importing a table in the admin at 375 px: the file is dropped on the page, and its rows are in the record."""

import pytest

from people.models import Person
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
DROP = """
() => {
  const files = new DataTransfer();
  files.items.add(new File(["Name,Headline\\nAnn Specimen,Paints\\nBo Sample,Sings\\n"], "people.csv"));
  for (const name of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(name, {dataTransfer: files, bubbles: true, cancelable: true}));
}
"""


def test_dropped_file_becomes_rows_and_is_taken_back(new_page, live_server, client):
    client.force_login(make.UserFactory(editor=True))
    page = new_page(base_url=live_server.url, viewport={"width": 375, "height": 812})
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto("/admin/people/person/")

    def fits():
        return page.evaluate("document.documentElement.scrollWidth") <= 375

    page.get_by_role("link", name="Import a table", exact=True).click()
    page.wait_for_url("**/add/?kind=people")
    page.evaluate(DROP)
    assert page.locator("[name=file]").evaluate("input => input.files[0].name") == "people.csv"
    assert fits()
    page.get_by_role("button", name="Continue to the columns").click()
    page.wait_for_url("**/columns/")
    assert page.get_by_label("Headline").input_value() == "headline"
    assert fits()
    page.get_by_role("button", name="Check the rows").click()
    page.wait_for_url("**/change/")
    assert fits()
    page.get_by_role("button", name="Import all 2 rows").click()
    page.get_by_role("link", name="Undo this import").wait_for()
    assert fits()
    assert Person.objects.count() == 2
    page.get_by_role("link", name="Undo this import").click()
    page.wait_for_url("**/undo/")
    assert fits()
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("The import was undone.").wait_for()
    assert Person.objects.count() == 0
