"""What people see of a URL never tells who logs in, with which password or which key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import GeneratorDown
from bot.links import shown
from generators.client.remote import RemoteGenerator


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("http://gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://ann:s3cret@gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://ann@gpu/v1", "http://gpu/v1"),
        ("https://gpu/v1?key=s3cret", "https://gpu/v1"),
        ("https://gpu/v1#s3cret", "https://gpu/v1"),
        ("http://ann:s3/cret@gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://ann:s3@cret@gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://ann:s3?cret@gpu:8000/v1", "http://…"),
        ("http://ann:s3#cret@gpu:8000/v1", "http://…"),
        ("https://gpu/v1?key=s3@cret", "https://…"),
        ("http://ann:s3cret@[::1/v1", "http://[::1/v1"),
        ("http://ann:s3cret@[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://ann:s3,cret@a:1/v1,https://bob:s3cret@b/v1", "http://a:1/v1, https://b/v1"),
        ("postgresql://ann:s3cret@db/ideas?sslmode=require", "postgresql://db/ideas"),
        ("ann:s3cret@gpu:8000", "gpu:8000"),
        ("", ""),
    ],
)
def test_only_what_tells_where_is_shown(url: str, seen: str) -> None:
    assert shown(url) == seen


SECRET = st.text(st.sampled_from("xyz%/?#@:[]&=,;. "), min_size=3).map(lambda text: f"Q{text}Q")


@given(SECRET, SECRET)
def test_no_password_and_no_user_is_shown_whatever_is_in_them(user: str, password: str) -> None:
    assert "Q" not in shown(f"postgresql://{user}:{password}@db.example.org:5432/ideas")


@given(SECRET)
def test_no_key_is_shown_whatever_is_in_it(key: str) -> None:
    assert "Q" not in shown(f"https://gpu.example.org/v1?key={key}")


@pytest.mark.parametrize(
    "url", ["http://bob:s3cret@[::1/v1", "http://bob:s3/cret@gpu/v1", "http://bob:s3cret@127.0.0.1:1/v1?key=s3"]
)
async def test_a_service_that_cannot_be_reached_is_told_without_secrets(url: str) -> None:
    generator = RemoteGenerator(url)

    with pytest.raises(GeneratorDown) as caught:
        await generator._api.health()
    health = await generator.health()
    await generator.close()

    for said in (str(caught.value), health.doing):
        assert "cannot be reached" in said
        assert not any(secret in said for secret in ("bob", "s3", "cret"))
