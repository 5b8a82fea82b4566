"""The app has no doors of its own yet: signing in is answered with wallet and pass, so its doors are in `web.signin`."""

urlpatterns = []
