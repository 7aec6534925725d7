"""The web app manifest as Chromium reads it."""

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
    # Chromium reports an SVG icon, which works in any size, with the size "0x0".
    assert {icon["sizes"] for icon in read["icons"]} == {"0x0", "192x192", "512x512"}
    # The only reason why the portal can't be installed is the private browser profile of the test.
    assert [fault["errorId"] for fault in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]] == [
        "in-incognito"
    ]
