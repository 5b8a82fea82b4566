"""How many players were online, each five minutes."""

from django.db import models


class OnlineSample(models.Model):
    """The players of the five minutes before `at`."""

    at = models.DateTimeField(primary_key=True)
    players = models.PositiveIntegerField()
