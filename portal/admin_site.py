"""Laurel's own admin site: Django's, under the portal's name."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class LaurelAdminSite(admin.AdminSite):
    site_title = _("Laurel")
    site_header = _("Laurel")
    index_title = _("The editors’ desk")
    enable_nav_sidebar = True
