"""
All URLs of the portal. Each app defines the URLs of its own pages. This module adds the pages with content from several
apps.
"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

from api import views as api_page
from api.endpoints import api
from portal.outages import pages as outage_pages
from portal.sitemaps import SITEMAPS
from portal.views import (
    health,
    home,
    languages,
    media,
    organisations,
    people,
    site_files,
    sources,
    statistics,
    style_guide,
)
from portal.views.works import works
from publishing.citations import FORMS
from publishing.feeds import TYPES
from publishing.views import calendars, cards, citations, embeds, feeds, laurels, oembed, press_kit
from record.web import error_pages
from record.web.query_parameters import reads
from search import views as search

# The URLs with a language prefix: pages for visitors, and files with translated texts.
pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include("contests.urls")),
    path("works/", works, name="works"),
    path("people/", people.people, name="people"),
    path("people/<name:slug>/", people.person, name="person"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<name:slug>/", organisations.organisation, name="organisation"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<name:slug>/", sources.source, name="source"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="search_suggestions"),
    *[
        path(f"{pattern}feed.{extension}", view, {"extension": extension}, name=f"{name}_{extension}")
        for extension in TYPES
        for pattern, view, name in (
            ("winners/", feeds.winners, "winners"),
            ("quotes/", feeds.quotes, "quotes"),
            ("contests/<name:contest>/", feeds.contest, "contest"),
        )
    ],
    *[
        path(f"{noun}/citation.{extension}", view, {"extension": extension}, name=f"{name}_citation_{extension}")
        for extension in FORMS
        for noun, view, name in (
            ("quotes/<name:slug>", citations.quote, "quote"),
            ("contests/<name:contest>/figures/<name:slug>", citations.figure, "figure"),
            ("contests/<name:contest>/submissions/<name:slug>", citations.work, "work"),
        )
    ],
    path("contests/<name:contest>/press-kit.zip", press_kit.contest, name="contest_press_kit"),
    path("contests/<name:contest>/fact-sheet.pdf", press_kit.contest_sheet, name="contest_fact_sheet"),
    path("contests/<name:contest>/submissions/<name:slug>/press-kit.zip", press_kit.work, name="work_press_kit"),
    path(
        "contests/<name:contest>/submissions/<name:slug>/fact-sheet.pdf",
        press_kit.work_sheet,
        name="work_fact_sheet",
    ),
    path("contests/<name:contest>/dates.ics", calendars.contest, name="contest_calendar"),
    path("contests/<name:contest>/events/<name:slug>/event.ics", calendars.event, name="event_calendar"),
    path("embed/contests/<name:contest>/winners/", embeds.winners, name="embed_winners"),
    path("embed/contests/<name:contest>/submissions/<name:slug>/", embeds.work, name="embed_work"),
    path("embed/quotes/<name:slug>/", embeds.quote, name="embed_quote"),
    path("verify/", laurels.verify, name="verify"),
    path("verify/<code>/", laurels.verification, name="verification"),
    path("card.png", cards.site, name="site_card"),
    path("contests/<name:contest>/card.png", cards.contest, name="contest_card"),
    path("contests/<name:contest>/submissions/<name:slug>/card.png", cards.work, name="work_card"),
    path("contests/<name:contest>/events/<name:slug>/card.png", cards.event, name="event_card"),
    path("people/<name:slug>/card.png", cards.person, name="person_card"),
    path("organisations/<name:slug>/card.png", cards.organisation, name="organisation_card"),
    path("quotes/<name:slug>/card.png", cards.quote, name="quote_card"),
    path("api/", api_page.api, name="api"),
    path("style-guide/", style_guide.style_guide, name="style_guide"),
]

urlpatterns = [
    path("api/v1/", api.urls),
    path("oembed", oembed.answer, name="oembed"),
    # The URL of a laurel has no language prefix, because the image is the same in every language.
    path("laurels/<code>/<file>", laurels.laurel, name="laurel"),
    path("language/", languages.language, name="language"),
    path("media/<path:path>", media.media, name="media"),
    path("manifest.webmanifest", site_files.manifest, name="manifest"),
    path("favicon.ico", site_files.favicon, name="favicon"),
    path("robots.txt", site_files.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sitemap.xml", site_files.sitemaps, name="sitemaps"),
    path(
        "sitemap-<section>.xml",
        reads("p")(require_safe(sitemap_views.sitemap)),
        {"sitemaps": SITEMAPS, "template_name": "portal/sitemap.xml"},
        name="sitemap",
    ),
    path("account/", include("accounts.sign_in.urls")),
    path("admin/", admin.site.urls),
    *i18n_patterns(*pages, prefix_default_language=False),
]

handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler404 = error_pages.not_found
# django-allauth looks for the name `handler429`. Django itself looks for names such as `handler404`.
handler429 = error_pages.too_many_requests
# Also the answer if the database or the storage is away.
handler500 = outage_pages.server_error
