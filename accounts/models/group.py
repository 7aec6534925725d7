"""Registers a history for the groups of `django.contrib.auth`."""

from django.contrib.auth.models import Group
from simple_history import register

register(Group, app="accounts", m2m_fields=["permissions"])
