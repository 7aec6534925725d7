"""Who made a work. This is Python because a template took a fifth of the time of a page with many works."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests import makers as made
from contests.formatting import country_name
from contests.makers import Maker
from contests.makers import Party as Named
from contests.models import Credit, CreditRole, Party, Recognition, Submission
from portal.templatetags.laurel import comma, href, in_quotes, lang_of, synthetic_mark
from record.list_format import enumerated_html

register = template.Library()
register.filter(made.makers_of)
register.filter(made.name_in)
register.filter(made.role_in)


@register.simple_tag(takes_context=True)
def makers(context: RequestContext, credits: Iterable[Credit], few: bool = False) -> SafeString:
    """
    Show the people and organisations with `credits`, each with roles and country or region. If there are more than
    four, show only the first three; with `few`, show only the first, without roles. Then show the number of the others.
    """
    found = made.makers_of(credits)
    number = credits.number if isinstance(credits, made.FirstCredits) else len(found)
    shown = 1 if few else made.IN_BYLINE if number == made.IN_BYLINE else 3
    parts = [_maker(context, maker, few) for maker in found[:shown]]
    if (more := number - shown) > 0:
        words = ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more}
        parts.append(f'<span class="muted">{escape(words)}</span>')
    return mark_safe("".join(parts))  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def recipient(context: RequestContext, party: Party) -> SafeString:
    """Show a person or an organisation that shares a recognition, with the printed name and the part."""
    if party.recipient is None:
        return SafeString("")
    part = f"{escape(comma())}{_content(party.part)}" if party.part else ""
    return mark_safe(f'<span class="maker">{_recipient(context, party)}{part}</span>')  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def honoured(context: RequestContext, recognition: Recognition, brief: bool = False) -> SafeString:
    """
    Show who or what a recognition names first, each as a link: the works, or the people and organisations, that share
    it (see `Recognition.named`). With `brief`, the links to works have no URL for print.
    """
    found = recognition.named_first
    if not found:
        return mark_safe(_linked(context, escape(recognition.named), recognition.get_absolute_url(), brief))  # noqa: S308
    names = [_honoured(context, row, recognition, brief) for row in found]
    if others := len(recognition.unnamed):
        names.append(escape(recognition.counted_more(others)))
    return enumerated_html(names)


def _honoured(context: RequestContext, row: Any, recognition: Recognition, brief: bool) -> SafeString:
    if isinstance(row, Submission):
        title = escape(row.title)
        # The only title has its language outside of the link (`lang_of_names`).
        if len(recognition.named_first) > 1:
            title = mark_safe(f"<bdi{lang_of(row.title_language)}>{title}</bdi>")  # noqa: S308 (escaped)
        name = _linked(context, title, row.get_absolute_url(), brief)
    else:
        name = _name(row, ())
    mark = synthetic_mark(context, row if row.is_synthetic else recognition)
    return mark_safe(f"{name}{mark}")  # noqa: S308 (escaped)


def _linked(context: RequestContext, html: str, url: str, brief: bool) -> str:
    return f'<a href="{escape(url)}">{html}</a>' if brief else f"<a{href(context, url)}>{html}</a>"


@register.simple_tag
def lang_of_names(recognition: Recognition) -> SafeString | str:
    """
    Return the attribute `lang` for the names that `honoured` shows. Nothing for several titles, which have their own,
    and for names of people.
    """
    found = recognition.named_first
    is_title = len(found) == 1 and isinstance(found[0], Submission)
    return lang_of(recognition.works[0].title_language) if is_title else ""


def _recipient(context: RequestContext, party: Party) -> SafeString:
    """Show the name of a person or an organisation that shares a recognition, with the printed name."""
    row: Any = party.recipient
    mark = "" if party.is_synthetic else synthetic_mark(context, row)
    printed = [party.credited_as] if party.credited_as != row.name else []
    return mark_safe(f"{_name(row, filter(None, printed))}{mark}")  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def career_notes(context: RequestContext, row: Any) -> SafeString:
    """
    Show what a row of a career (`careers.Theirs`) says besides the work and the award: the part, the printed name, what
    was recognised, the place, and the people and organisations that share it.
    """
    recognition = row.recognition
    notes = [_content(part) for part in row.parts]
    if row.printed:
        printed = comma().join(f"<bdi>{escape(name)}</bdi>" for name in row.printed)
        notes.append(mark_safe(_("as %(printed)s") % {"printed": printed}))  # noqa: S308 (escaped)
    if recognition.detail:
        notes.append(_content(recognition.detail))
    if recognition.told_rank:
        notes.append(escape(_("Place %(rank)s") % {"rank": recognition.told_rank}))
    notes += [escape(text) for text, holds in _shared(recognition) if holds]
    if others := [_recipient(context, party) for party in row.others if party.recipient]:
        notes.append(mark_safe(_("with %(names)s") % {"names": enumerated_html(others)}))  # noqa: S308 (escaped)
    spans = "".join(f"<span>{note}</span>" for note in notes)
    return mark_safe(f'<p class="byline">{spans}</p>' if notes else "")  # noqa: S308 (escaped)


def _shared(recognition: Recognition) -> list[tuple[str, bool]]:
    return [(_("Tied"), recognition.is_tied), (_("Shared prize"), recognition.is_shared)]


def _maker(context: RequestContext, maker: Maker, few: bool) -> str:
    party = maker.party
    # A synthetic work already has the mark.
    mark = "" if maker.credits[0].is_synthetic else synthetic_mark(context, party)
    roles = [role_of(credit) for credit in maker.credits if credit.role.key != CreditRole.CREATOR and not few]
    told = "".join(f"{escape(comma())}{role}" for role in roles)
    origin = f' <span class="muted">{escape(country_name(party.country))}</span>' if party.country else ""
    return f'<span class="maker">{_name(party, maker.printed_names)}{mark}{told}{origin}</span>'


def _name(party: Named, printed: Iterable[str]) -> str:
    """Return the name, as a link if there is a page, with the names printed in the credits, as HTML."""
    name, url = f"<bdi>{escape(party.name)}</bdi>", made.page_of(party)
    link = f'<a href="{escape(url)}">{name}</a>' if url else name
    return made.as_printed(link, (f"<bdi>{escape(text)}</bdi>" for text in printed))


@register.simple_tag
def role_of(credit: Credit) -> SafeString:
    """Show the role of a credit, with the character if there is one."""
    return mark_safe(made.with_character(role_name(credit.role), _content(credit.character)))  # noqa: S308 (escaped)


@register.filter
def role_name(role: CreditRole) -> SafeString:
    """Show the name of a role. If it has no translation, mark the language of the English name."""
    return escape(role.translation) if role.translation else _content(role.name)


def _content(text: str) -> SafeString:
    """Return a text of the record as HTML, with its language if the page has another."""
    language = lang_of()
    return mark_safe(f"<span{language}>{escape(text)}</span>") if text and language else escape(text)  # noqa: S308


@register.simple_tag(takes_context=True)
def credited(context: RequestContext, credit: Credit, brief: bool = False) -> SafeString:
    """
    Show a credit in a list of credits with the same role: the name, the character, the country or region, and the role
    as printed. With `brief`, show only the name and the country or region.
    """
    party = credit.party
    name = f"{_name(party, filter(None, [credit.printed_name]))}{synthetic_mark(context, party)}"
    country = escape(country_name(party.country)) if party.country else ""
    if credit.character and not brief:
        # The country comes last, so that it is not read as that of the character.
        origin = f' <span class="muted">{country}</span>' if country else ""
        told = f"{made.with_character(name, _content(credit.character))}{origin}"
    else:
        told = f"{name}{escape(comma())}{country}" if country else name
    wording = f' <span class="muted"{lang_of()}>{in_quotes(credit.wording)}</span>' if credit.wording else ""
    return mark_safe(told if brief else f"{told}{wording}")  # noqa: S308 (escaped)
