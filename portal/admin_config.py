from django.contrib.admin.apps import AdminConfig


class LaurelAdminConfig(AdminConfig):
    default_site = "portal.admin_site.LaurelAdminSite"
