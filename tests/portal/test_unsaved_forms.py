"""Which fields of a form that could not be saved are shown to the editor as what they typed."""

from django.test import RequestFactory

from portal.unsaved_forms import entered_texts


def test_only_what_was_typed_is_shown():
    sent = {
        "name": "C·one",
        "other_names-0-name": "Cone",
        "other_names-__prefix__-kind": "other",
        "other_names-TOTAL_FORMS": "1",
        "csrfmiddlewaretoken": "x" * 32,
        "portrait_focus_x": "50",
    }
    assert entered_texts(RequestFactory().post("/admin/", sent)) == [("name", "C·one"), ("other names 0 name", "Cone")]
