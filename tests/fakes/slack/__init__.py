"""A local Slack for tests: speaks the real protocol, judges every request by the official specifications."""

from tests.fakes.slack.server import Fault, Slack, running
from tests.fakes.slack.wire import Ack
from tests.fakes.slack.world import Message, View, Workspace

__all__ = ["Ack", "Fault", "Message", "Slack", "View", "Workspace", "running"]
