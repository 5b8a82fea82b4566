"""Runbooks as pages: the few marks that they use, and nothing that could be markup of its own."""

import pytest

from casino_club.web.alerts.runbooks import page_of


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (
            "# a: it broke\n\n**Look.** Here,\nor *there*.",
            "<h2>a: it broke</h2>\n<p><strong>Look.</strong> Here,\nor <em>there</em>.</p>",
        ),
        (
            "**Do.**\n1. One\n   more.\n2. Two.",
            "<p><strong>Do.</strong></p><ol><li>One\n   more.</li><li>Two.</li></ol>",
        ),
        ("See `games/*/rules.py` and `a*`.", "<p>See <code>games/*/rules.py</code> and <code>a*</code>.</p>"),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
    ],
)
def test_a_runbook_as_a_page(text, page):
    assert page_of(text) == page
