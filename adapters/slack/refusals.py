"""Slack's names for what it refuses, by what can be done about it."""

from __future__ import annotations

DELETED = frozenset({"message_not_found"})  # somebody did: that is their answer
THREAD = frozenset({"thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"})  # the channel may do
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})  # of Slack's own; may pass
AGAIN = BROKEN | {"unreachable", "ratelimited", "rate_limited"}
TOO_MUCH = frozenset({"msg_too_long", "msg_blocks_too_long", "msg_blocks_too_many", "invalid_blocks", "invalid_blocks_format"})
#: Of our token: a single one may pass, and a second installation ends it.
REVOKED = frozenset({"token_revoked", "invalid_auth", "account_inactive", "token_expired", "not_authed", "app_uninstalled"})
