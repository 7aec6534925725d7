"""The sign-in and account pages, built on django-allauth."""
