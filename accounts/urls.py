"""Nothing yet: an answer to signing in shows wallet and pass, so those doors are `web.signin`."""

urlpatterns = []
