"""The Web API's methods, one function each: (slack, workspace, arguments) → answer, or `Refused` with Slack's error name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.fakes.slack.world import SCOPES, Conversation, Message, Upload, View, Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

Answer = dict[str, Any]
Method = Callable[["Slack", Workspace, dict[str, Any]], Answer]


class Refused(Exception):
    """Slack refuses a call."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def _open_conversation(workspace: Workspace, channel: str) -> Conversation:
    if channel.startswith("U"):
        channel = "D" + channel[1:]
    if channel[0] == "D" and channel[1:] not in {user[1:] for user in workspace.people}:
        raise Refused("channel_not_found")
    conversation = workspace.conversations.get(channel)
    if conversation is None and channel[0] == "D":
        conversation = workspace.conversation(channel)
    if conversation is None or conversation.deleted:
        raise Refused("channel_not_found")
    if conversation.archived:
        raise Refused("is_archived")
    if not conversation.bot_inside and channel[0] != "D":
        raise Refused("not_in_channel")
    return conversation


def _own_message(workspace: Workspace, args: dict[str, Any]) -> Message:
    _open_conversation(workspace, args["channel"])
    message = workspace.message(args["channel"], args["ts"])
    if message is None:
        raise Refused("message_not_found")
    if message.user != workspace.bot_user:
        raise Refused("cant_update_message")
    return message


def _shown(workspace: Workspace, message: Message) -> Answer:
    return {"channel": message.channel, "ts": message.ts, "message": message.as_json()}


def auth_test(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    return {
        "url": f"https://{workspace.id.lower()}.slack.com/",
        "team": workspace.id.lower(),
        "user": "muselab",
        "team_id": workspace.id,
        "user_id": workspace.bot_user,
        "bot_id": "B0MUSELAB",
        "is_enterprise_install": False,
    }


def post_message(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    message = Message(
        team=workspace.id,
        channel=conversation.id,
        ts=slack.ids.ts(),
        user=workspace.bot_user,
        bot=True,
        text=args.get("text", "") or args.get("markdown_text", ""),
        blocks=slack.with_ids(args.get("blocks") or []),
        thread_ts=args.get("thread_ts"),
        metadata=args.get("metadata"),
    )
    slack.show(workspace, message)
    return _shown(workspace, message)


def post_ephemeral(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    if args["user"] not in workspace.people:
        raise Refused("user_not_in_channel")
    message = Message(
        team=workspace.id,
        channel=conversation.id,
        ts=slack.ids.ts(),
        user=workspace.bot_user,
        bot=True,
        text=args.get("text", ""),
        blocks=slack.with_ids(args.get("blocks") or []),
        thread_ts=args.get("thread_ts"),
        only_for=args["user"],
    )
    slack.show(workspace, message)
    return {"message_ts": message.ts}


def update(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    message = _own_message(workspace, args)
    if message.streaming:
        raise Refused("streaming_state_conflict")
    slack.change(message, text=args.get("text", message.text), blocks=args.get("blocks"))
    message.streamed = ""
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_json()}


def delete(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    message = _own_message(workspace, args)
    message.deleted = True
    slack.changed()
    return {"channel": message.channel, "ts": message.ts}


def permalink(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    if workspace.message(args["channel"], args["message_ts"]) is None:
        raise Refused("message_not_found")
    where = args["message_ts"].replace(".", "")
    return {
        "channel": args["channel"],
        "permalink": f"https://{workspace.id.lower()}.slack.com/archives/{args['channel']}/p{where}",
    }


def start_stream(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    if conversation.kind != "im":
        if "recipient_team_id" not in args:
            raise Refused("missing_recipient_team_id")
        if "recipient_user_id" not in args:
            raise Refused("missing_recipient_user_id")
    message = Message(
        team=workspace.id,
        channel=conversation.id,
        ts=slack.ids.ts(),
        user=workspace.bot_user,
        bot=True,
        thread_ts=args["thread_ts"],
        streaming=True,
    )
    _stream(slack, message, args)
    slack.show(workspace, message)
    return {"channel": message.channel, "ts": message.ts}


def _stream(slack: Slack, message: Message, args: dict[str, Any]) -> None:
    blocks = list(message.blocks)
    message.streamed += args.get("markdown_text") or ""
    for chunk in args.get("chunks") or ():
        if chunk["type"] == "markdown_text":
            message.streamed += chunk["text"]
        elif chunk["type"] == "blocks":
            blocks += slack.with_ids(chunk["blocks"])
    if args.get("blocks"):
        blocks += slack.with_ids(args["blocks"])
    if len(message.streamed) > 12_000:
        raise Refused("msg_too_long")
    if len(blocks) > 100:
        raise Refused("msg_blocks_too_many")
    slack.change(message, text=message.streamed, blocks=blocks)


def _streaming(workspace: Workspace, args: dict[str, Any]) -> Message:
    message = _own_message(workspace, args)
    if not message.streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def append_stream(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    message = _streaming(workspace, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refused("no_text")
    _stream(slack, message, args)
    return {"channel": message.channel, "ts": message.ts}


def stop_stream(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    message = _streaming(workspace, args)
    _stream(slack, message, args)
    message.streaming = False
    slack.changed()
    return _shown(workspace, message)


def _view_json(slack: Slack, workspace: Workspace, view: View) -> Answer:
    shown = slack.view_json(workspace, view)
    return {key: value for key, value in shown.items() if value is not None}  # the official response types know no null


def views_open(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    kinds = {(block.get("element") or {}).get("type") for block in args["view"]["blocks"]}
    if "file_input" in kinds and "files:read" not in workspace.scopes:
        raise Refused("invalid_arguments")
    user = slack.use_trigger(workspace, args.get("trigger_id", ""))
    view = View(slack.ids.id("V"), workspace.id, user, slack.view_with_ids(args["view"]), slack.ids.id("h"))
    slack.views.append(view)
    slack.changed()
    return {"view": _view_json(slack, workspace, view)}


def views_update(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    view = next((one for one in slack.views if one.id == args.get("view_id") and one.team == workspace.id), None)
    if view is None or not view.open:
        raise Refused("not_found")
    if "hash" in args and args["hash"] != view.hash:
        raise Refused("hash_conflict")
    view.view, view.hash = slack.view_with_ids(args["view"]), slack.ids.id("h")
    slack.changed()
    return {"view": _view_json(slack, workspace, view)}


def views_publish(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    if args["user_id"] not in workspace.people:
        raise Refused("user_not_found")
    if args["view"].get("type") != "home":
        raise Refused("invalid_arguments")
    view = View(slack.ids.id("V"), workspace.id, args["user_id"], slack.view_with_ids(args["view"]), slack.ids.id("h"))
    workspace.homes[args["user_id"]] = view.view
    slack.views.append(view)
    slack.changed()
    return {"view": _view_json(slack, workspace, view)}


def reactions_add(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    message = workspace.message(args["channel"], args["timestamp"])
    if message is None:
        raise Refused("message_not_found")
    if workspace.bot_user in message.reactions.setdefault(args["name"], set()):
        raise Refused("already_reacted")
    message.reactions[args["name"]].add(workspace.bot_user)
    slack.changed()
    return {}


def reactions_get(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel"])
    message = workspace.message(args["channel"], args["timestamp"])
    if message is None:
        raise Refused("message_not_found")
    given = [{"name": name, "users": sorted(users), "count": len(users)} for name, users in message.reactions.items() if users]
    return {"type": "message", "channel": message.channel, "message": message.as_json() | {"reactions": given}}


def conversations_history(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    there = [one for one in workspace.messages if one.channel == conversation.id and one.thread_ts in (None, one.ts)]
    return _page(there, args)


def conversations_replies(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    there = [one for one in workspace.messages if one.channel == conversation.id and args["ts"] in (one.thread_ts, one.ts)]
    if not there:
        raise Refused("thread_not_found")
    return _page(there, args)


def _page(messages: list[Message], args: dict[str, Any]) -> Answer:
    """What everybody may see, newest first, without anything that was shown to one person only."""
    seen = [one for one in messages if not one.deleted and not one.only_for and float(one.ts) > float(args.get("oldest") or 0)]
    seen = sorted(seen, key=lambda one: one.ts, reverse=True)
    start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    shown = [one.as_json() for one in seen[start : start + limit]]
    for made, one in zip(shown, seen[start:], strict=False):
        if one.metadata and str(args.get("include_all_metadata")).lower() in ("1", "true"):
            made["metadata"] = one.metadata
    more = start + limit < len(seen)
    return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": str(start + limit) if more else ""}}


def conversations_open(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    users = [user for user in str(args.get("users", "")).split(",") if user]
    if len(users) != 1:
        raise Refused("users_list_not_supplied")
    if users[0] not in workspace.people:
        raise Refused("user_not_found")
    return {"channel": {"id": workspace.conversation("D" + users[0][1:]).id}}


def conversations_info(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    conversation = _open_conversation(workspace, args["channel"])
    return {
        "channel": {
            "id": conversation.id,
            "is_im": conversation.kind == "im",
            "is_archived": conversation.archived,
            "is_member": conversation.bot_inside,
        }
    }


def users_info(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    if args["user"] not in workspace.people:
        raise Refused("user_not_found")
    person = workspace.people[args["user"]]
    shown = {key: value for key, value in person.items() if key != "locale"}
    if args.get("include_locale"):
        shown["locale"] = person["locale"]
    shown["profile"] = {"display_name": person.get("display_name", person["name"]), "real_name": person["name"]}
    usual = {"team_id": workspace.id, "is_bot": False, "is_owner": False, "is_primary_owner": False}
    return {"user": {**usual, **shown}}


def get_upload_url(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    length = int(args["length"])
    if length < 1 or length > slack.max_file:
        raise Refused("file_upload_size_restricted" if length else "missing_argument")
    upload = Upload(slack.ids.id("F"), args["filename"], length, workspace.id)
    slack.uploads[upload.id] = upload
    return {"upload_url": f"{slack.base}/upload/v1/{upload.id}", "file_id": upload.id}


def complete_upload(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    files = []
    for given in args["files"]:
        upload = slack.uploads.get(given["id"])
        if upload is None or upload.team != workspace.id:
            raise Refused("file_not_found")
        if len(upload.content) != upload.length:
            raise Refused("file_update_failed")
        upload.title = given.get("title") or upload.name
        upload.channel, upload.thread_ts = args.get("channel_id"), args.get("thread_ts")
        files.append({"id": upload.id, "name": upload.name, "title": upload.title, "size": upload.length})
    if args.get("channel_id"):
        conversation = _open_conversation(workspace, args["channel_id"])
        message = Message(
            team=workspace.id,
            channel=conversation.id,
            ts=slack.ids.ts(),
            user=workspace.bot_user,
            bot=True,
            text=args.get("initial_comment", ""),
            thread_ts=args.get("thread_ts"),
            files=[file["id"] for file in files],
        )
        slack.show(workspace, message)
    return {"files": files}


def set_status(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel_id"])
    workspace.statuses.append((args["channel_id"], args["thread_ts"], args["status"]))
    slack.changed()
    return {}


def set_suggested_prompts(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel_id"])
    if not 1 <= len(args["prompts"]) <= 4:
        raise Refused("too_many_prompts")
    workspace.prompts[args["channel_id"]] = args["prompts"]
    slack.changed()
    return {}


def set_title(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel_id"])
    return {}


def set_session_status(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel_id"])
    if args["status"] not in ("processing", "active", "suspended", "closed"):
        raise Refused("invalid_arguments")
    workspace.sessions.append((args["channel_id"], args.get("thread_ts", ""), args["status"], args.get("title", "")))
    slack.changed()
    return {}


def validate_blocks(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    blocks = args["blocks"]
    faults = slack.judge.blocks(json.loads(blocks) if isinstance(blocks, str) else blocks, "message")
    if faults:
        raise Refused(faults[0].error, response_metadata={"messages": [fault.why for fault in faults]})
    return {}


def complete_step(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    if args["function_execution_id"] in workspace.steps:
        raise Refused("function_execution_not_in_running_state")
    outputs = args.get("outputs")
    how = {"outputs": json.loads(outputs) if isinstance(outputs, str) else outputs} if outputs else {"error": args["error"]}
    workspace.steps[args["function_execution_id"]] = how
    slack.changed()
    return {}


def delete_file(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    upload = slack.uploads.get(args["file"])
    if upload is None or upload.team != workspace.id:
        raise Refused("file_not_found")
    del slack.uploads[upload.id]
    for message in workspace.messages:
        if upload.id in message.files:
            message.files.remove(upload.id)
            message.deleted = message.deleted or not (message.files or message.text)
    slack.changed()
    return {}


def create_canvas(slack: Slack, workspace: Workspace, args: dict[str, Any]) -> Answer:
    _open_conversation(workspace, args["channel_id"])
    workspace.canvases.append(args)
    slack.changed()
    return {"canvas_id": slack.ids.id("F")}


METHODS: dict[str, tuple[Method, str]] = {
    "auth.test": (auth_test, ""),
    "chat.postMessage": (post_message, "chat:write"),
    "chat.postEphemeral": (post_ephemeral, "chat:write"),
    "chat.update": (update, "chat:write"),
    "chat.delete": (delete, "chat:write"),
    "chat.getPermalink": (permalink, ""),
    "chat.startStream": (start_stream, "chat:write"),
    "chat.appendStream": (append_stream, "chat:write"),
    "chat.stopStream": (stop_stream, "chat:write"),
    "views.open": (views_open, ""),
    "views.update": (views_update, ""),
    "views.publish": (views_publish, ""),
    "reactions.get": (reactions_get, "reactions:read"),
    "reactions.add": (reactions_add, "reactions:write"),
    "conversations.history": (conversations_history, "channels:history"),
    "conversations.replies": (conversations_replies, "channels:history"),
    "conversations.open": (conversations_open, "im:write"),
    "conversations.info": (conversations_info, "channels:read"),
    "users.info": (users_info, "users:read"),
    "files.getUploadURLExternal": (get_upload_url, "files:write"),
    "files.completeUploadExternal": (complete_upload, "files:write"),
    "files.delete": (delete_file, "files:write"),
    "assistant.threads.setStatus": (set_status, "chat:write"),
    "assistant.threads.setSuggestedPrompts": (set_suggested_prompts, "assistant:write"),
    "assistant.threads.setTitle": (set_title, "assistant:write"),
    "agents.sessions.setStatus": (set_session_status, "assistant:write"),
    "blocks.validate": (validate_blocks, ""),
    "canvases.create": (create_canvas, "canvases:write"),
    "functions.completeSuccess": (complete_step, ""),
    "functions.completeError": (complete_step, ""),
}


def exchange_code(slack: Slack, args: dict[str, Any], basic: tuple[str, str] | None) -> Answer:
    """oauth.v2.access: needs no token, knows the app by its client id and secret."""
    client = basic or (args.get("client_id", ""), args.get("client_secret", ""))
    if client[0] != slack.client_id:
        raise Refused("invalid_client_id")
    if client[1] != slack.client_secret:
        raise Refused("bad_client_secret")
    if args.get("grant_type") == "refresh_token":
        return _refresh(slack, args.get("refresh_token", ""))
    granted = slack.codes.pop(args.get("code", ""), None)
    if granted is None:
        raise Refused("invalid_code")
    team, user, redirect = granted
    if redirect and args.get("redirect_uri") != redirect:
        raise Refused("bad_redirect_uri")
    workspace = slack.team(team)
    workspace.installed, workspace.revoked = True, False
    rotation = _rotated(workspace) if workspace.rotates_s else {}
    org = {"id": workspace.enterprise, "name": "org"} if workspace.enterprise else None
    return {
        **rotation,
        "access_token": workspace.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(workspace.scopes & SCOPES)),
        "bot_user_id": workspace.bot_user,
        "app_id": "A0MUSELAB",
        "team": None if org else {"id": workspace.id, "name": workspace.id.lower()},
        "enterprise": org,
        "is_enterprise_install": org is not None,
        "authed_user": {"id": user},
    }


def _rotated(workspace: Workspace) -> Answer:
    """A token that ends, and the one that gets the next; both are new."""
    workspace.tokens += 1
    workspace.bot_token = f"xoxe.xoxb-1-{workspace.id}-{workspace.tokens}"
    workspace.refresh_token = f"xoxe-1-{workspace.id}-{workspace.tokens}"
    return {"refresh_token": workspace.refresh_token, "expires_in": workspace.rotates_s}


def _refresh(slack: Slack, token: str) -> Answer:
    """Exchanges a refresh token, once."""
    workspace = next((one for one in slack.workspaces.values() if token and one.refresh_token == token), None)
    if workspace is None:
        raise Refused("invalid_refresh_token")
    told = _rotated(workspace)
    told |= {"access_token": workspace.bot_token, "token_type": "bot", "bot_user_id": workspace.bot_user}
    return told | {"team": {"id": workspace.id, "name": workspace.id.lower()}, "enterprise": None, "app_id": "A0MUSELAB"}


def form_of(text: str) -> dict[str, str]:
    """A form body's fields."""
    return dict(parse_qsl(text, keep_blank_values=True))
