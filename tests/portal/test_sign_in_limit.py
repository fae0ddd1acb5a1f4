from django.core.cache import cache


def test_guessing_passwords_is_slowed_down(client, admin_user):
    cache.clear()
    attempts = [
        client.post("/login/", {"username": admin_user.username, "password": "wrong"}) for _ in range(21)
    ]
    assert [answer.status_code for answer in attempts] == [200] * 20 + [429]
    assert "Wait a minute" in attempts[-1].content.decode()
    cache.clear()


def test_installations_that_share_a_redis_count_attempts_apart(settings):
    assert settings.CACHES["default"]["KEY_PREFIX"] == settings.Q_CLUSTER["name"]
