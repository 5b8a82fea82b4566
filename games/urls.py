"""The addresses of the games."""

urlpatterns = []
