"""Signing in: django-allauth, as this portal wants it. `people/second_factor.py` says who needs more than a password."""
