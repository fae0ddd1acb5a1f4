from django.urls import path, re_path

from . import api_views, control, oauth, pages

app_name = "simulator"

OBJECT = "company/<str:realm>/<str:entity>/<str:qbo_id>/"

urlpatterns = [
    re_path(r"^connect/oauth2/?$", oauth.authorize, name="authorize"),
    re_path(r"^oauth2/v1/tokens/bearer/?$", oauth.token, name="token"),
    re_path(r"^v2/oauth2/tokens/revoke/?$", oauth.revoke, name="revoke"),
    re_path(r"^\.well-known/openid(?:_sandbox)?_configuration/?$", oauth.discovery, name="discovery"),
    path("v1/openid_connect/userinfo", oauth.userinfo, name="userinfo"),
    path("op/v1/jwks", oauth.jwks, name="jwks"),
    path("v3/company/<str:realm>/<path:path>", api_views.company_api, name="api"),
    path("control/", control.companies, name="control"),
    path("control/<str:realm>/", control.company, name="control-company"),
    path("control/<str:realm>/calls/", control.calls, name="control-calls"),
    path("control/<str:realm>/mishaps/", control.mishap_list, name="control-mishaps"),
    path("control/<str:realm>/webhooks/", control.send_webhooks, name="control-webhooks"),
    path("control/<str:realm>/merge/", control.merge_names, name="control-merge"),
    path("control/<str:realm>/tokens/", control.issue_tokens, name="control-tokens"),
    path("", pages.companies, name="companies"),
    path("app/<str:what>", pages.deep_link, name="deep-link"),
    path("company/<str:realm>/", pages.company, name="company"),
    path("company/<str:realm>/settings/", pages.settings, name="settings"),
    path("company/<str:realm>/mishaps/add/", pages.add_mishap, name="add-mishap"),
    path("company/<str:realm>/mishaps/clear/", pages.clear_mishaps, name="clear-mishaps"),
    path("company/<str:realm>/disconnect/", pages.disconnect, name="disconnect"),
    path("company/<str:realm>/webhooks/send/", pages.tell, name="tell"),
    path("company/<str:realm>/<str:entity>/", pages.objects, name="objects"),
    path(OBJECT, pages.show, name="object"),
    path(f"{OBJECT}<str:action>/", pages.act, name="act"),
]
