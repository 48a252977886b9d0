"""A second checker, written from docs/draw-protocol.md alone: plain loops, and nothing of the project."""

from .amounts import share
from .check import check
from .lists import unlisted

__all__ = ["check", "share", "unlisted"]
