"""The renderer of forms returns the HTML of Django's templates, only faster."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from contests.models import Contest
from portal.form_renderer import BY_NAME, FormRenderer

ATTRIBUTES = {"id": "id_<x>", "required": True, "disabled": False, "data-x": 'a"b', "maxlength": 7, "title": _("Add")}
CHOICES = [
    ("", "---------"),
    ("a&b", "A & <b>"),
    (3, _("Winner")),
    (_("A <group>"), [("x", mark_safe("<b>safe</b>")), ("y'", "Y")]),
]


@pytest.mark.parametrize("value", [None, "", "a \"quoted\" & 'single' <text>", 7, mark_safe("<i>safe</i>")])
@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(),
        forms.NumberInput(),
        forms.HiddenInput(),
        forms.CheckboxInput(),
        forms.URLInput(),
        forms.DateInput(),
        forms.Textarea(),
        forms.Select(choices=CHOICES),
        forms.SelectMultiple(choices=CHOICES),
        forms.NullBooleanSelect(),
        forms.RadioSelect(choices=CHOICES),
        forms.Select(choices=[(1, 1_234)]),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_widget_is_rendered_like_by_the_templates(widget, value):
    ours, theirs = (
        widget.render("na<me>", value, ATTRIBUTES, renderer) for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert _without_blank_lines(ours) == _without_blank_lines(theirs)
    assert hasattr(ours, "__html__")


@pytest.mark.parametrize("chosen", ["a&b", 3, "x", "y'", ""])
def test_chosen_option_is_selected(chosen):
    widget = forms.Select(choices=CHOICES)
    ours, theirs = (widget.render("name", chosen, None, renderer) for renderer in (FormRenderer(), DjangoTemplates()))
    assert _without_blank_lines(ours) == _without_blank_lines(theirs)
    assert ours.count(" selected") == 1


@pytest.mark.parametrize("errors", [[], ["Wrong <value>"]])
def test_errors_are_listed_like_by_the_template(errors):
    ours, theirs = (forms.utils.ErrorList(errors, renderer=kind()).as_ul() for kind in (FormRenderer, DjangoTemplates))
    assert ours == theirs


def test_renderer_is_used_and_replaces_existing_templates(monkeypatch):
    theirs = DjangoTemplates()
    assert all(theirs.get_template(name) for name in BY_NAME)
    monkeypatch.setattr(FormRenderer, "get_template", lambda *given: pytest.fail("rendered with a template"))
    assert "<input" in str(forms.modelform_factory(Contest, fields=["title"])()["title"])


def _without_blank_lines(html):
    return [line for line in html.splitlines() if line.strip()]
