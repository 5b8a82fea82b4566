"""Addresses of the events app."""

urlpatterns: list = []
