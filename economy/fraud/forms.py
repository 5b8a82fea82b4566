"""What an operator gives for a back-test: a rules file, uploaded or pasted, and how far back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from economy.fraud.parsing import BYTES_MOST, MalformedRules, parse

DAYS_MOST = 90


class BacktestForm(forms.Form):
    """`cleaned_data["candidate"]` is the rule set; a fault of the file is said with its line."""

    content = forms.CharField(
        label=_("candidate rules"),
        required=False,
        max_length=BYTES_MOST,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "spellcheck": "false", "class": "fraud-source"}),
    )
    file = forms.FileField(
        label=_("or a file"), required=False, max_length=200, help_text=_("A file goes before the text.")
    )
    days = forms.IntegerField(label=_("days back"), min_value=1, max_value=DAYS_MOST, initial=7)

    def clean(self) -> dict:
        given = super().clean()
        file = given.get("file")
        name = "file" if file else "content"
        content = file.read(BYTES_MOST + 1) if file else given.get("content", "").encode()
        try:
            given["candidate"] = parse(content)
        except MalformedRules as error:
            self.add_error(name, str(error))
        return given
