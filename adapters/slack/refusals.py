"""Slack's names for what it refuses, by what can be done about it."""

from __future__ import annotations

DELETED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})  # for good
GONE = DELETED | {"channel_not_found", "is_archived", "not_in_channel"}  # perhaps only now
CLOSED = frozenset({"not_in_channel", "channel_not_found", "restricted_action", "restricted_action_read_only_channel"})
THREAD = frozenset({"thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"})
AGAIN = frozenset({"unreachable", "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
TOO_MUCH = frozenset({"msg_too_long", "msg_blocks_too_long", "msg_blocks_too_many", "invalid_blocks", "invalid_blocks_format"})
REVOKED = frozenset({"token_revoked", "invalid_auth", "account_inactive", "token_expired", "not_authed", "app_uninstalled"})
