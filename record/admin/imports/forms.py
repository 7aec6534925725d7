"""The forms of an import: the upload, and the choice of columns."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.admin.choices import RowField
from record.admin.picker_labels import for_choice, label_of
from record.admin.widgets import KnownAutocomplete
from record.importing import dates, limits
from record.importing.cells import CellError
from record.importing.columns import header_key
from record.importing.encodings import NAMES
from record.importing.errors import quoted
from record.importing.kinds import Kind
from record.importing.planning import ARE_NEW, ARE_SAME, ASK
from record.importing.reading import Table, Value, read_table
from record.models import Source, TableImport

#: How many values of a column the page shows.
SHOWN = 3
#: How many dates are looked at to find out whether the order of day and month is clear.
DATES = 2_000


class UploadForm(forms.Form):
    """The kind of the table, the file, and the name of the import."""

    kind = forms.ChoiceField(label=gettext_lazy("What the rows are"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX or ODS, at most 50 MB and 50,000 rows. Nothing is written yet."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ods"}),
        allow_empty_file=True,
    )
    name = forms.CharField(
        label=gettext_lazy("Name of this import"),
        max_length=80,
        required=False,
        help_text=gettext_lazy(
            "It appears in the history of each row, and with corrections of public results. By default, it is the name "
            "of the file."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, capfirst(kind.label)) for kind in kinds]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limits.MOST_BYTES:
            message = _("The file has %(size)s MB. The most is %(most)s MB. Split it into several files.")
            sizes = {"size": -(-file.size // 1_000_000), "most": limits.MOST_BYTES // 1_000_000}
            raise ValidationError(message % sizes)
        self.content = file.read()
        read_table(self.content, file.name)
        return file

    def stored(self) -> TableImport:
        """Return the import with the file, not saved yet."""
        file = self.cleaned_data["file"]
        return TableImport(
            kind=self.cleaned_data["kind"],
            name=self.cleaned_data["name"] or file.name[:80],
            file_name=file.name[:200],
            content=self.content,
        )


class SheetForm(forms.Form):
    """Which sheet of a workbook to read, or the encoding of a CSV file. It is sent by GET and only shows the table."""

    def __init__(self, table: Table | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if table is None or table.format == "csv":
            names = dict.fromkeys(NAMES.values())
            found = (table and not self.initial.get("encoding") and table.encoding) or ""
            blank = _("As found: %(encoding)s") % {"encoding": found} if found else _("Find out")
            self.fields["encoding"] = forms.ChoiceField(
                label=_("Encoding"), choices=[("", blank), *((name, name) for name in names)], required=False
            )
        elif len(table.sheets) > 1:
            self.initial["sheet"] = table.sheet
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), choices=[(name, name) for name in table.sheets], required=False
            )


class ColumnsForm(forms.Form):
    """What each column of the file means, and what holds for all rows."""

    source = RowField(
        Source.objects.none(),
        label=gettext_lazy("Source of all rows"),
        required=False,
        help_text=gettext_lazy("For rows that name no source themselves."),
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates such as 3/4/2026"),
        choices=[
            ("", "---------"),
            ("dmy", gettext_lazy("Day first: 3 April 2026")),
            ("mdy", gettext_lazy("Month first: March 4, 2026")),
        ],
        required=False,
    )
    same_names = forms.ChoiceField(
        label=gettext_lazy("If a name is here already"),
        choices=[
            (ASK, gettext_lazy("Ask me before anything is written")),
            (ARE_SAME, gettext_lazy("It is the same person or organisation, if only one has this name")),
            (ARE_NEW, gettext_lazy("It is another person or organisation")),
        ],
        initial=ASK,
        help_text=gettext_lazy(
            "For people and organisations that have only the name in common with the row. Permanent keys and external "
            "identifiers are always recognised."
        ),
    )
    blanks_clear = forms.BooleanField(
        label=gettext_lazy("Blank cells clear the value of a row that is here already"),
        required=False,
        help_text=gettext_lazy("Otherwise a blank cell changes nothing."),
    )

    def __init__(
        self, *args: Any, kind: Kind, table: Table, names: Sequence[str], site: AdminSite, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.table, self.site = kind, table, site
        self.columns = {column.name: column for column in kind.columns()}
        self._row_field("source", Source)
        # It is only shown if it is needed.
        self.fields["date_order"].label = needed(self.fields["date_order"].label)
        if kind.target_model is not None:
            label = _("%(kind)s of all rows") % {"kind": capfirst(kind.target_model._meta.verbose_name)}
            is_named = not {kind.target, "key"}.isdisjoint(names)
            self.fields["target"] = RowField(
                kind.target_model._default_manager.none(),
                label=label if is_named else needed(label),
                required=False,
                help_text=_("For rows that name none themselves."),
            )
            self._row_field("target", kind.target_model)
            self.order_fields(["target"])
        choices = [("", _("Leave out")), *((name, self._label(column)) for name, column in self.columns.items())]
        self.places = self._places()
        for place in self.places:
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=table.header[place] or _("Column without a name"),
                choices=choices,
                required=False,
                initial=names[place],
            )

    def _label(self, column: Any) -> str:
        label = str(capfirst(column.label))
        return needed(label) if column.required else label

    def _row_field(self, name: str, model: Any) -> None:
        """Give the field an autocomplete for rows of `model`, with the labels of its admin."""
        model_admin = self.site.get_model_admin(model)
        field: Any = self.fields[name]
        column = next(relation.field for relation in model._meta.related_objects if relation.one_to_many)
        field.queryset = for_choice(model_admin, model._default_manager.all())
        field.label_from_instance = lambda row: label_of(model_admin, row)
        field.widget = KnownAutocomplete(column, self.site)
        field.widget.is_required, field.widget.choices = False, field.choices

    def _places(self) -> list[int]:
        """Return the columns to choose for. Of several columns with the same header, only the first one can be read."""
        keys: dict[str, int] = {}
        for place, header in enumerate(self.table.header):
            if header or any(line.values[place] not in (None, "") for line in self.table.lines):
                keys.setdefault(header_key(header), place)
        return list(keys.values())

    @property
    def general(self) -> list[forms.BoundField]:
        """The fields for all rows."""
        left_out = set() if self.asks_order else {"date_order"}
        return [self[name] for name in self.fields if not name.startswith("column_") and name not in left_out]

    @property
    def asks_order(self) -> bool:
        return bool(self["date_order"].value()) or self._is_order_unclear(self.chosen_names())

    def lines(self) -> list[dict[str, Any]]:
        """Return for each column of the file its header, its first values and the field with the choice."""
        lines = []
        for place, header in enumerate(self.table.header):
            found: list[str] = []
            for line in self.table.lines:
                value = line.values[place]
                if value not in (None, "") and len(found) < SHOWN:
                    found.append(quoted(value))
                if len(found) == SHOWN:
                    break
            if header or found:
                field = self[f"column_{place}"] if place in self.places else None
                lines.append({"header": header, "values": found, "field": field})
        return lines

    @property
    def groups(self) -> list[dict[str, Any]]:
        """
        Return the lines of the columns that are imported, and those of the columns that are left out. The page folds
        the second group, unless a needed column may be among it.
        """
        taken: list[dict[str, Any]] = []
        left_out: list[dict[str, Any]] = []
        for line in self.lines():
            field = line["field"]
            (taken if field and (field.value() or field.errors) else left_out).append(line)
        return [
            {"lines": taken},
            {"lines": left_out, "is_left_out": True, "is_open": bool(self.missing) or not taken},
        ]

    @property
    def missing(self) -> list[str]:
        """The columns that the table needs, and that no column of the file is matched with."""
        chosen = set(self.chosen_names().values())
        return [self._label(column) for name, column in self.columns.items() if column.required and name not in chosen]

    def chosen_names(self) -> dict[int, str]:
        """Return the column that is chosen for each place, as the form shows it."""
        return {place: str(self[f"column_{place}"].value() or "") for place in self.places}

    def _is_order_unclear(self, names: dict[int, str]) -> bool:
        are_dates = {name for name, column in self.columns.items() if column.is_date}
        return any(
            is_order_unclear([line.values[place] for line in self.table.lines])
            for place, name in names.items()
            if name in are_dates
        )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        names = {place: found.get(f"column_{place}", "") for place in self.places}
        taken: dict[str, int] = {}
        for place, name in names.items():
            if name and name in taken:
                message = _("“%(header)s” is matched with this already. Choose one of them.")
                self.add_error(f"column_{place}", message % {"header": self.table.header[taken[name]]})
            taken.setdefault(name, place)
        required = [column for column in self.columns.values() if column.required and column.name not in taken]
        if required:
            labels = ", ".join(f"“{capfirst(column.label)}”" for column in required)
            self.add_error(None, _("The table has no column for %(columns)s. Choose one.") % {"columns": labels})
        # A permanent key says which row is meant, and so where it belongs.
        is_named = found.get("target") or "target" in self.errors or taken.keys() & {self.kind.target, "key"}
        if self.kind.target_model is not None and not is_named:
            message = _("Choose the %(kind)s, or the column of the file that names it.")
            self.add_error("target", message % {"kind": self.kind.target_model._meta.verbose_name})
        if not found.get("date_order") and self._is_order_unclear(names):
            self.add_error(
                "date_order", _("The file does not show whether the day or the month comes first. Choose it.")
            )
        return found

    def options(self) -> dict[str, Any]:
        """Return what was chosen, as `TableImport.options` keeps it."""
        found = self.cleaned_data
        columns = {header_key(self.table.header[place]): found[f"column_{place}"] for place in self.places}
        return {
            "target": _key(found.get("target")),
            "source": _key(found.get("source")),
            "date_order": found["date_order"],
            "same_names": found["same_names"],
            "blanks_clear": found["blanks_clear"],
            "columns": columns,
            # Later imports remember the columns with names.
            "chosen": {key: name for key, name in columns.items() if key},
        }


def needed(label: Any) -> str:
    """Return the label of something that an editor has to choose."""
    return f"{label} *"


def _key(row: Any) -> str:
    return row.key if row else ""


def is_order_unclear(values: Sequence[Value]) -> bool:
    """Return whether a column has dates such as 3/4/2026 and nothing shows which number is the day."""
    texts = [value for value in values if isinstance(value, str) and value]
    return dates.order_of(texts) is None and any(map(_is_unclear, texts[:DATES]))


def _is_unclear(text: str) -> bool:
    try:
        dates.partial_date(text, with_time=True)
    except CellError:
        try:
            dates.partial_date(text, "dmy", with_time=True)
        except CellError:
            return False
        return True
    return False
