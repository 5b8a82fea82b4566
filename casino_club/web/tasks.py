"""Beat's duties of what composes the apps."""

from casino_club.web.console.tasks import sample_online_players

__all__ = ["sample_online_players"]
