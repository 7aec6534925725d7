"""Signing in: django-allauth, as this portal wants it. `accounts.second_factor` says who needs more than a password."""
