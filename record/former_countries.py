"""
Countries that are no more, with their four-letter codes of ISO 3166-3, and "international". The settings add them to
the countries of django-countries (`COUNTRIES_OVERRIDE`).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: What belongs to no single country, such as a work of people from many. ISO 3166 leaves codes with X to their users.
INTERNATIONAL = "XINT"
#: The list of ISO 3166-3 is complete: it has every code that ISO 3166-1 has given up since 1974.
FORMER: dict[str, Any] = {
    "AIDJ": _("French Afars and Issas"),
    "ANHH": _("Netherlands Antilles"),
    "BQAQ": _("British Antarctic Territory"),
    "BUMM": _("Burma"),
    "BYAA": _("Byelorussian SSR"),
    "CSHH": _("Czechoslovakia"),
    "CSXX": _("Serbia and Montenegro"),
    "CTKI": _("Canton and Enderbury Islands"),
    "DDDE": _("East Germany"),
    "DYBJ": _("Dahomey"),
    "FQHH": _("French Southern and Antarctic Territories"),
    "FXFR": _("Metropolitan France"),
    "GEHH": _("Gilbert and Ellice Islands"),
    "HVBF": _("Upper Volta"),
    "JTUM": _("Johnston Island"),
    "MIUM": _("Midway Islands"),
    "NHVU": _("New Hebrides"),
    "NQAQ": _("Queen Maud Land"),
    "NTHH": _("Saudi–Iraqi Neutral Zone"),
    "PCHH": _("Trust Territory of the Pacific Islands"),
    "PUUM": _("US Miscellaneous Pacific Islands"),
    "PZPA": _("Panama Canal Zone"),
    "RHZW": _("Southern Rhodesia"),
    "SKIN": _("Sikkim"),
    "SUHH": _("Soviet Union"),
    "TPTL": _("East Timor (until 2002)"),
    "VDVN": _("North Vietnam"),
    "WKUM": _("Wake Island"),
    "YDYE": _("South Yemen"),
    "YUCS": _("Yugoslavia"),
    "ZRCD": _("Zaire"),
}
NAMES: dict[str, Any] = {**FORMER, INTERNATIONAL: pgettext_lazy("in place of a country", "International")}
