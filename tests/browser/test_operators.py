"""The operators' site in a browser: the same inks, light and dark, nothing refused by the CSP."""

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/"])
def test_the_operators_site_is_clean_in_both_schemes(page, signed_in, scheme, address, picture, assert_accessible):
    signed_in(factories.operator(superuser=True))
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    expect(page.locator("#site-name")).to_be_visible()
    picture(f"operators-{scheme}-{'index' if address == '/admin/' else 'list'}")
    assert_accessible()
