"""The admin's form fields that differ from Django's."""

from django.contrib.admin.widgets import AdminFileWidget, AutocompleteSelect
from django.db.models import Model
from django.template.loader import render_to_string


class KnownAutocomplete(AutocompleteSelect):
    """
    An autocomplete field that is told the row it shows, so that it need not ask the database for its label: a page with
    a hundred of them costs as many statements as a page with one.
    """

    known: Model | None = None

    def optgroups(self, name, value, attr=None):
        if self.known is None or [str(self.known.pk)] != [str(key) for key in value]:
            # A key that somebody made up is a mistake of the form, which says so, and nothing to ask the database for.
            return super().optgroups(name, [key for key in value if str(key).isdecimal() and len(str(key)) < 19], attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.known)
        options.append(self.create_option(name, self.known.pk, label, True, len(options)))
        return [(None, options, 0)]


class ImageInput(AdminFileWidget):
    """A file input that shows the image there is."""

    template_name = "admin/image_input.html"

    def _render(self, template_name, context, renderer=None):
        # By the project's own template engine: that of the forms does not see the project's templates.
        return render_to_string(template_name, context)
