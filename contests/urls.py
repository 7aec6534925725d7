from django.urls import path

from contests import series_views, views

urlpatterns = [
    path("contests/", views.contests, name="contests"),
    path("contests/<name:contest>/", views.contest, name="contest"),
    path("contests/<name:contest>/winners/", views.contest_winners, name="contest_winners"),
    path("contests/<name:contest>/corrections/", views.corrections, name="contest_corrections"),
    path("contests/<name:contest>/submissions/", views.submissions, name="submissions"),
    path("contests/<name:contest>/submissions/<name:slug>/", views.submission, name="submission"),
    path("works/<name:slug>/", views.work, name="work"),
    path("contests/<name:contest>/events/<name:slug>/", views.event, name="event"),
    path("series/", series_views.all_series, name="all_series"),
    path("series/<name:series>/", series_views.series, name="series"),
    path("series/<name:series>/awards/<name:slug>/", series_views.award_line, name="award_line"),
    path("winners/", views.winners, name="winners"),
    path("quotes/", views.quotes, name="quotes"),
    path("quotes/<name:slug>/", views.quote, name="quote"),
]
