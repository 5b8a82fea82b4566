"""Operators' forms for events: rows instead of JSON, checked by the same rules as the API."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casino_club.core.admin import InlineRows
from events.live.models import Event, Requirement
from events.live.rules import Asked, Draft, faults_of, requirement_faults
from events.progress.models import MOST, REWARDS
from events.progress.rules import METRICS

REWARD_LABELS = {"gold": _("Gold"), "gems": _("Gems"), "exp": _("XP"), "vip_points": _("VIP points")}


class EventForm(forms.ModelForm):
    """Everything about an event but its requirements, which are the rows below it."""

    class Meta:
        model = Event
        fields = [
            *("title", "title_en", "description", "description_en", "event_type", "start_date", "end_date"),
            *("gold", "gems", "exp", "vip_points", "image_url", "priority", "is_active"),
        ]
        widgets = {
            "title": forms.TextInput(attrs={"size": 50}),
            "title_en": forms.TextInput(attrs={"size": 50}),
            "description": forms.Textarea(attrs={"rows": 3}),
            "description_en": forms.Textarea(attrs={"rows": 3}),
            "image_url": forms.TextInput(attrs={"size": 50}),
        }
        help_texts = {
            "title_en": _("Shown to players who read English. Empty: the Korean one."),
            "image_url": _("A path of this site. Empty: the hwatu card of the event's type."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in REWARDS:
            if name in self.fields:
                self.fields[name] = forms.IntegerField(
                    label=REWARD_LABELS[name], min_value=0, max_value=MOST, required=False, initial=0
                )

    def clean(self):
        cleaned = super().clean()
        for name in REWARDS:
            if name in self.fields:
                cleaned[name] = cleaned.get(name) or 0
        if not self.errors:
            for field, texts in faults_of(self.draft(())).items():
                if field != "requirements":
                    self.add_error(field if field in self.fields else None, texts)
        return cleaned

    def draft(self, requirements: tuple[Asked, ...]) -> Draft:
        """The form with its requirements as one draft; what the form can't change stays as it is."""
        values = {
            name: self.cleaned_data.get(name, getattr(self.instance, name))
            for name in self.Meta.fields
            if name not in REWARDS
        }
        rewards = {name: self.cleaned_data.get(name, getattr(self.instance, name)) for name in REWARDS}
        return Draft(**values, rewards=rewards, requirements=requirements)


class RequirementFormSet(InlineRows):
    """The rows of an event's requirements."""

    def clean(self):
        super().clean()
        if not any(self.errors):
            texts = requirement_faults(self.asked())
            if texts:
                raise forms.ValidationError(texts)

    def asked(self) -> tuple[Asked, ...]:
        """The rows that stay, in their order."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("metric")]
        return tuple(Asked(row["metric"], row["target"], row.get("daily_cap")) for row in rows if not row.get("DELETE"))


class RequirementForm(forms.ModelForm):
    class Meta:
        model = Requirement
        fields = ["metric", "target", "daily_cap"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        derived = [(name, metric.label) for name, metric in METRICS.items() if metric.is_derived]
        reported = [(name, metric.label) for name, metric in METRICS.items() if not metric.is_derived]
        if "metric" in self.fields:
            self.fields["metric"].choices = [
                ("", "–"),
                (_("Counted by the server"), derived),
                (_("Reported by clients"), reported),
            ]
