"""Template tags for laurels."""

from django import template
from django.template.context import RequestContext

from contests.models import Recognition, Submission
from people.models import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def laurels_to_take(context: RequestContext, kind: str, subject: Submission | Person) -> list[Recognition]:
    """
    Return the recognitions that a page offers laurels for: those in force of a work (loaded by its page) or of a
    person, without those of their works. Empty for other kinds of pages.
    """
    if kind == "work":
        won = subject.recognitions.all()
    elif kind == "person":
        won = [recognition for recognition in context["recognitions"] if recognition.person_id == subject.pk]
    else:
        won = []
    return [recognition for recognition in won if not recognition.is_revoked]
