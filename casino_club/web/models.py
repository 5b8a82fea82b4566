"""The rows of what composes the apps."""

from casino_club.web.console.models import OnlineSample

__all__ = ["OnlineSample"]
