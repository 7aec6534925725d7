"""When a visitor opens a work from a list, the clicked poster is animated, and no other."""

from django.core.management import call_command

# Fires the event of leaving a page, because a test can't observe the real one.
LEAVE = """path => {
    const entry = { url: new URL(path, location).href };
    dispatchEvent(Object.assign(new Event("pageswap"), { viewTransition: {}, activation: { entry } }));
    const named = element => getComputedStyle(element).viewTransitionName;
    return [...document.querySelectorAll(".poster")].map(figure => [
        figure.querySelector("a").pathname.split("/").at(-2), named(figure)
    ]);
}"""


def test_only_the_poster_that_leads_there_is_named_on_the_way_out(page, live_server):
    call_command("loaddata", "nextgen", verbosity=0)
    page.goto("/")
    film = "/works/{}/".format
    at_large = [["alzheimer", "poster"], ["im-not-a-robot", "none"], ["lost-and-found", "none"]]
    assert page.evaluate(LEAVE, film("alzheimer")) == at_large
    assert page.evaluate(LEAVE, film("lost-and-found")) == [
        ["alzheimer", "none"],
        ["im-not-a-robot", "none"],
        ["lost-and-found", "poster"],
    ]
    assert page.evaluate(LEAVE, "/people/") == at_large


def test_poster_travels_without_a_word_on_the_console(page, live_server):
    call_command("loaddata", "nextgen", verbosity=0)
    page.goto("/")
    page.get_by_role("link", name="Lost & Found", exact=True).click()
    page.wait_for_url("**/lost-and-found/")
    page.go_back()
    page.wait_for_url(f"{live_server.url}/")
    assert page.locator("h1").inner_text() == "Alzheimer"
