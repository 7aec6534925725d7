"""Django's own group model, with a history."""

from django.contrib.auth.models import Group
from simple_history import register

register(Group, app="accounts", m2m_fields=["permissions"])
