"""The web app manifest as Chromium itself reads it."""

import pytest


@pytest.mark.parametrize("prefix", ["", "/ja"])
def test_chromium_finds_no_fault_in_the_manifest(new_page, live_server, prefix):
    page = new_page(base_url=live_server.url)
    page.goto(f"{prefix}/verify/")
    devtools = page.context.new_cdp_session(page)
    told = devtools.send("Page.getAppManifest")
    assert (told["url"], told["errors"]) == (f"{live_server.url}/manifest.webmanifest", [])
    read = told["manifest"]
    assert (read["name"], read["startUrl"], read["scope"]) == ("Laurel", f"{live_server.url}/", f"{live_server.url}/")
    # Of a drawing, which serves in any size, Chromium says that it has none.
    assert {icon["sizes"] for icon in read["icons"]} == {"0x0", "192x192", "512x512"}
    # Nothing but the test's own profile keeps it from being put on a home screen.
    assert [fault["errorId"] for fault in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]] == [
        "in-incognito"
    ]
