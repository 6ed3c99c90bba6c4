"""The engine of Tomoni: it knows LINE, matching and languages, and no city."""

__version__ = "0.4.0"
