"""Reading the audit of one row."""

from django.db.models import Model


def events_of(row: Model) -> list[Model]:
    """What the audit holds of the row, the oldest first."""
    return list(row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).select_related("pgh_context").order_by("pgh_id"))
