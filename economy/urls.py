"""The addresses of the economy."""

urlpatterns = []
