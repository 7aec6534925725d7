"""
What the pages of an archive claim, as plain values: the recognitions in a career, the credits of a work and so on. Only
this module knows the markup.
"""

from tests.html_tree import tree
from tests.public_pages import body

LINE = ", "


def page(client, address):
    """Return the main part of a page as a tree."""
    return tree(body(client, address)).first("main")


# The labels of recognitions among the facts of a work.
AWARDS = {"Award", "Runner-up", "Finalist", "Nominee", "Mention"}


def facts(page):
    """Return the facts of the page as pairs of a label and a text, without the awards of a work."""
    found = []
    for facts in page.all("dl", "facts"):
        for pair in facts.children("div"):
            label = pair.first("dt").text
            found += [(label, text) for dd in pair.children("dd") for text in dd.text.split("|") if label not in AWARDS]
    return found


def results(page):
    """Return the rows of the tables with results: award, standing, recipients, works and remarks."""
    found = []
    for group in page.all("tbody"):
        award = group.first("th").text
        for row in group.all("tr"):
            standing, recipients, works, *remarks = row.all("td")
            found.append(
                (
                    award,
                    standing.text,
                    tuple(recipients.texts("span", "maker")),
                    tuple(link.href for link in works.all("a") if link.parent.tag == "cite"),
                    tuple(text for cell in remarks for text in cell.texts("span")),
                )
            )
    return found


def career(page):
    """
    Return the recognitions in the career of somebody: contest, works, award, standing, what else is said, the note and
    the citation.
    """
    found = []
    for group in page.first(with_class="career").all("ul", "leaders"):
        beside = group.parent.children()
        contest = beside[beside.index(group) - 1]
        for row in group.children("li"):
            left, right = row.children()
            works = tuple(cite.first("a").href for cite in left.children("cite"))
            said = right.text if works else f"{left.children()[0].text}{LINE}{right.text}"
            found.append(
                (
                    contest.first("a").href,
                    works,
                    said,
                    tuple(span.text for span in left.first("p", "byline").children("span")),
                    left.first("p", "muted").text,
                    left.first("blockquote").text,
                )
            )
    return found


def whole_career(client, url):
    """Return the page of somebody, and the recognitions and works on it and on its further parts."""
    first = page(client, url)
    recognitions, works = career(first), made(first)
    for part in dict.fromkeys(link.href for link in first.all("nav", "career-parts") for link in link.all("a")):
        name, _equals, number = part.partition("#")[0].removeprefix("?").partition("=")
        if number != "1":
            further = page(client, f"{url}?{name}={number}")
            recognitions += career(further) if name == "awards" else []
            works += made(further) if name == "works" else []
    return first, recognitions, works


def made(page):
    """Return the works in the career of somebody: the URL, and the roles and contests as one text."""
    works = page.first(id="works")
    cards = [(card.first("h3").first("a").href, card.first("p", "byline").text) for card in works.all("article")]
    rows = [row for group in works.all("ul", "leaders") for row in group.children("li")]
    return cards + [(row.first("a").href, row.children("span")[-1].text) for row in rows]


def awards_of_work(page):
    """Return the recognitions on the page of a work: standing, award, recipients, what else, the note."""
    found = []
    for facts in page.all("dl", "facts"):
        for pair in facts.children("div"):
            if pair.first("dt").text not in AWARDS:
                continue
            (fact,) = pair.children("dd")
            lines = fact.all("p", "byline")
            makers = tuple(text for line in lines for text in line.texts("span", "maker"))
            works = tuple(cite.first("a").href for line in lines for cite in line.all("cite"))
            others = [line for line in lines if not line.all("span", "maker") and not line.all("cite")]
            head = " ".join("".join(part if isinstance(part, str) else part.text for part in _head(fact)).split())
            said = tuple(span.text for line in others for span in line.children("span"))
            found.append((pair.first("dt").text, head, makers, works, said, fact.first("p", "muted").text))
    return found


def _head(fact):
    for part in fact.parts:
        if not isinstance(part, str) and part.tag == "p":
            return
        if isinstance(part, str) or part.tag == "a":
            yield part


def next_page(page):
    """Return the URL of the next page of a list, or "" if there is none."""
    return page.first("a", rel="next").attributes.get("href", "")


def citations(page):
    """Return the citations on the page of a work, each with the name of the award."""
    quotes = page.all("figure", "quote")
    return [(quote.first("blockquote").text, quote.first("figcaption").text) for quote in quotes]


def years(page):
    """
    Return the years on the page of a continuing award: the year, the URL of the contest, who won, the name of the award
    if it was another, and the numbers of the others.
    """
    found = []
    for row in page.first("ol", "years").children("li"):
        year, won, said = row.first("a", "year"), row.first("div", "won"), row.first("div", "award")
        winners = [part.text for part in won.children("p") if part.classes == []]
        notes = [span.text for span in said.children("span")]
        found.append((year.text, year.href, winners, notes))
    return found


def editions(page):
    """Return the editions on the page of a series: the year, URL, number, headline winner and the award."""
    return [
        (
            row.first("a", "year").text,
            row.first("a", "year").href,
            row.first("span", "number").text,
            row.first("span", "won").text,
            row.first("span", "award").text,
        )
        for group in page.all("ol", "years")
        for row in group.children("li")
    ]


def leaders(page, section):
    """Return the rows of a list in the section with this id: the URL, the text and the words beside it."""
    rows = page.first(id=section).all("li")
    return [(row.first("a").href, row.first("a").text, row.children("span")[-1].text) for row in rows]
