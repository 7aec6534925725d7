"""Create and remove synthetic contests of any size and at any stage, for demonstrations and load tests."""

from .builder import make
from .plan import Plan, Stage
from .removal import remove, slugs

__all__ = ["Plan", "Stage", "make", "remove", "slugs"]
