"""A contest that the portal makes up, of any size and at any stage, for trying things out and for load."""

from .builder import make
from .plan import Plan, Stage
from .removal import remove, slugs

__all__ = ["Plan", "Stage", "make", "remove", "slugs"]
