"""The version of this program, as every draw, result and report names it."""

from importlib.metadata import version

CODE_VERSION = version("evalsvc")
