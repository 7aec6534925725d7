"""Signing in: django-allauth, as this portal wants it. `people.second_factor` says who needs more than a password."""
