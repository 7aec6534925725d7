"""Which laurels a page offers to take along."""

from django import template
from django.template.context import RequestContext

from contests.models import Recognition, Submission
from people.models import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def laurels_to_take(context: RequestContext, kind: str, noun: Submission | Person) -> list[Recognition]:
    """
    What of the page has a laurel: the awards in force of a work, which its page has loaded with it, or of a person, who
    does not take along those of their works. Nothing on other kinds of pages.
    """
    if kind == "film":
        won = noun.recognitions.all()
    elif kind == "person":
        won = [recognition for recognition in context["recognitions"] if recognition.person_id == noun.pk]
    else:
        won = []
    return [recognition for recognition in won if not recognition.is_revoked]
