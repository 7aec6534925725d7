"""Groups are Django's own; what is done to them is kept as for every other row."""

from django.contrib.auth.models import Group
from simple_history import register

register(Group, app="accounts", m2m_fields=["permissions"])
