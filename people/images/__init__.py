"""Uploaded images: what is accepted, how each is cleaned, and the smaller renditions that are stored beside it."""

from .cleaning import clean_image
from .fields import ImageField, ImageFormField, StoredImage, UploadTo

__all__ = ["ImageField", "ImageFormField", "StoredImage", "UploadTo", "clean_image"]
