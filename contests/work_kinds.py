"""
The kinds of works that a contest can be for, such as films, and the phrases that pages use for a work of each kind.
Phrases are translated as a whole, so that each language can use the right grammatical forms.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkKind(models.TextChoices):
    """What the works of a contest are: films, artworks, games ... `WORK` is the general word."""

    FILM = "film", pgettext_lazy("kind of work", "Film")
    ARTWORK = "artwork", pgettext_lazy("kind of work", "Artwork")
    PHOTOGRAPH = "photograph", pgettext_lazy("kind of work", "Photograph")
    GAME = "game", pgettext_lazy("kind of work", "Game")
    MUSIC = "music", pgettext_lazy("kind of work", "Music")
    TEXT = "text", pgettext_lazy("kind of work", "Text")
    PROJECT = "project", pgettext_lazy("kind of work", "Project")
    WORK = "work", pgettext_lazy("kind of work", "Work")

    @property
    def phrases(self) -> "WorkPhrases":
        return PHRASES[self]


@dataclass(frozen=True)
class WorkPhrases:
    """The phrases for one kind of work. They are lazy strings, translated when a page is rendered."""

    #: The heading of a list of works: “Films”.
    plural: Any
    #: The heading of a work's description: “The film”.
    the: Any
    #: The text of a link to a work's page: “About the film”.
    about: Any
    #: The heading of a work's citation: “How to cite this film”.
    cite: Any
    #: A sentence for visitors who want to embed a work in their own page.
    embed: Any
    #: The text of a link to the work itself: “Watch the film”.
    link: Any
    #: The explanation of how a work's laurel may be used.
    laurel: Any
    #: The note in a list of works: it says that the portal draws missing posters.
    drawn: Any
    #: The type of a work in schema.org's vocabulary.
    schema_type: str = "CreativeWork"
    #: The schema.org action for using a work, such as “WatchAction” for a film.
    schema_action: str = "ViewAction"
    #: The type of a work in the Open Graph protocol (ogp.me).
    open_graph_type: str = "article"


PHRASES = {
    WorkKind.FILM: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Films"),
        the=_("The film"),
        about=_("About the film"),
        cite=_("How to cite this film"),
        embed=_("Show the film on your own site."),
        link=_("Watch the film"),
        laurel=_("You may scale the laurel and show it on posters, trailers and pages of this film."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not a still from the film."),
        schema_type="Movie",
        schema_action="WatchAction",
        open_graph_type="video.movie",
    ),
    WorkKind.ARTWORK: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Artworks"),
        the=_("The artwork"),
        about=_("About the artwork"),
        cite=_("How to cite this artwork"),
        embed=_("Show the artwork on your own site."),
        link=_("See the artwork"),
        laurel=_("You may scale the laurel and show it on posters and pages of this artwork."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the artwork."),
        schema_type="VisualArtwork",
    ),
    WorkKind.PHOTOGRAPH: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Photographs"),
        the=_("The photograph"),
        about=_("About the photograph"),
        cite=_("How to cite this photograph"),
        embed=_("Show the photograph on your own site."),
        link=_("See the photograph"),
        laurel=_("You may scale the laurel and show it on posters and pages of this photograph."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the photograph."),
        schema_type="Photograph",
    ),
    WorkKind.GAME: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Games"),
        the=_("The game"),
        about=_("About the game"),
        cite=_("How to cite this game"),
        embed=_("Show the game on your own site."),
        link=_("Play the game"),
        laurel=_("You may scale the laurel and show it on posters and pages of this game."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the game."),
        schema_type="VideoGame",
        schema_action="PlayAction",
    ),
    WorkKind.MUSIC: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Music"),
        the=_("The music"),
        about=_("About the music"),
        cite=_("How to cite this music"),
        embed=_("Show the music on your own site."),
        link=_("Listen to the music"),
        laurel=_("You may scale the laurel and show it on posters and pages of this music."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the music."),
        schema_type="MusicRecording",
        schema_action="ListenAction",
        open_graph_type="music.song",
    ),
    WorkKind.TEXT: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Texts"),
        the=_("The text"),
        about=_("About the text"),
        cite=_("How to cite this text"),
        embed=_("Show the text on your own site."),
        link=_("Read the text"),
        laurel=_("You may scale the laurel and show it on posters and pages of this text."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the text."),
        schema_action="ReadAction",
    ),
    WorkKind.PROJECT: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Projects"),
        the=_("The project"),
        about=_("About the project"),
        cite=_("How to cite this project"),
        embed=_("Show the project on your own site."),
        link=_("See the project"),
        laurel=_("You may scale the laurel and show it on posters and pages of this project."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the project."),
    ),
    WorkKind.WORK: WorkPhrases(
        plural=pgettext_lazy("kind of work", "Works"),
        the=_("The work"),
        about=_("About the work"),
        cite=_("How to cite this work"),
        embed=_("Show the work on your own site."),
        link=_("See the work"),
        laurel=_("You may scale the laurel and show it on posters and pages of this work."),
        drawn=_("If a submission has no poster, this portal draws one. A drawn poster is not part of the work."),
    ),
}
