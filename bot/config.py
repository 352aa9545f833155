"""The configuration as values: its tables, what stands in them, and what holds where nobody said anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.choice import chosen, over
from bot.domain.ideas import MAX_IDEAS
from bot.listed import Listed
from bot.quotas import RoleQuotas

FILE = "muselab.toml"
ADAPTERS = "adapters"  # folder in the data folder


class Table(BaseModel):
    """One table of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreTable(Table):
    """Where everything is kept."""

    url: str = ""  #: "memory:", "sqlite:///…", "postgresql://…"; empty: an SQLite file in the data folder
    pool: int = Field(default=10, ge=2, le=1000)  #: connections to PostgreSQL at most, of one process
    #: pictures and sounds: a folder that every bot sees, or "s3://bucket/prefix?endpoint=http://minio:9000&region=eu" and keys
    #: in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; empty: `media` in the data folder
    media: str = ""
    anew: bool = False  #: begin an empty board where something of an earlier one is left
    leave_days: int = Field(default=30, ge=0)  #: from a team's removing Muselab until everything of it is deleted


class GeneratorTable(Table):
    """Where ideas come from."""

    url: Listed = (
        ""  #: base of an OpenAI-compatible API ("http://gpu:8000/v1"), or several; empty: a service of our own as a child
    )
    model: str = ""  #: what to ask that service for; empty: the first model it lists, or the embedded default
    token: SecretStr = SecretStr("")  #: bearer token for that service
    scripted: bool = False  #: fixed drafts without any model, for trying out a chat connection
    embeddings: bool = True  #: ask the service for embeddings; off: likeness is judged by letters
    adapters: str = ""  #: folder of tuned versions as that service sees it; empty: as we do, the data folder's `adapters`
    oversample: float = Field(default=3.2, ge=1.0, le=16.0)  #: drafts an idea shown; of the built-in model's up to twice as many
    steered: float = Field(default=8.0, ge=1.0, le=16.0)  #: drafts for every idea where votes foretell what is liked
    even: float = Field(default=0.15, gt=0.0, le=1.0)  #: share by which what votes choose may differ from the drafts in length
    timeout_s: float = Field(default=120.0, gt=0)  #: for one brainstorm's drafts; a CPU needs up to a minute for ten long ideas


class ServiceTable(Table):
    """How `muselab serve` runs, whether by hand or as the bot's child."""

    host: str = "127.0.0.1"  #: address to listen on; where other machines reach it, it starts with a token only
    port: int = Field(default=0, ge=0, le=65535)  #: 0: any free port
    model: str = "embedded"  #: "embedded", a Hugging Face name, or a folder
    taught: bool = True  #: the embedded model has what Muselab taught it; off: as its makers published it
    embedder: str = "embedded"  #: "embedded", a Hugging Face name, a folder, or "none"
    device: str = "auto"  #: "auto", "cpu", "cuda", "cuda:1", "mps"
    #: precision; auto: the fastest, by timing a matrix of the model in each, once for a machine and model
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    weights: Literal["auto", "full", "int8"] = "auto"  #: int8: smaller and faster on a CPU, less exact; docs/lab/engine.md
    engine: Literal["auto", "torch", "openvino"] = "auto"  #: what computes; auto: OpenVINO on a CPU where it is installed
    threads: int = Field(default=0, ge=0)  #: 0: all cores but one, as two threads beside a busy neighbour are slower than one
    token: SecretStr = SecretStr("")  #: clients must send it; empty: no token is asked for
    open: bool = False  #: other machines may use it without a token
    hosts: Listed = ""  #: names that clients call it by, with commas between; empty: with a token any, else those of loopback
    adapters: str = ""  #: folder that tuned versions are loaded from, and no other; empty: the data folder's `adapters`
    kv_mb: int = Field(default=0, ge=0)  #: memory for the KV cache; 0: worked out from the device, and told in the log
    deadline_s: float = Field(default=600.0, gt=0)  #: for one request, waiting included
    drain_s: float = Field(default=30.0, ge=0)  #: for requests under way when the service is told to stop (SIGTERM)
    tied: bool = False  #: stop when standard input ends; the bot sets it for its child, which so never outlives it


class MediaTable(Table):
    """Pictures, tunes and voices: where they are made, by what, and how much of them is kept."""

    url: str = ""  #: base of a media service ("http://gpu:8100/v1"); empty: our own service, or a child beside a foreign one
    token: SecretStr = SecretStr("")  #: bearer token for that service
    #: pictures: "embedded", a Hugging Face name, a folder, "none", or a service that speaks OpenAI's paths: "http://gpu:8000/v1",
    #: with the name of its model "http://gpu:8000/v1#flux"
    image: str = "embedded"
    solid: str = "embedded"  #: models in space: "embedded", or a diffusers model that makes meshes (Shap-E): a name, a folder
    vision: str = "embedded"  #: pictures in words: "embedded", a Hugging Face name, a folder, or "none"
    music: str = "embedded"  #: tunes: "embedded", a Hugging Face name, a folder, or "none"
    speech: str = "embedded"  #: voices: "embedded", a Hugging Face name, a folder, "none", or a service's URL, as for pictures
    hearing: str = "embedded"  #: recordings: "embedded" (English), a Hugging Face name, a folder, "none", or a service's URL
    video: str = "none"  #: films in pitches: a diffusers model's name, a folder, or "none": a slow zoom over the picture
    device: str = "auto"  #: "auto", "cpu", "cuda", "cuda:1", "mps"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"  #: precision of models that are named
    offload: Literal["none", "model", "sequential"] = (
        "none"  #: parts of a model for pictures or films wait in main memory; slower, for small GPUs
    )
    foreign_token: SecretStr = SecretStr("")  #: bearer token for services named by `image`, `speech`, `hearing`
    styles: str = ""  #: folder of teams' image styles as that service sees it; empty: as we do, the data folder's `styles`
    threads: int = Field(default=0, ge=0)  #: of one engine; 0: all cores but one
    memory_mb: int = Field(default=4096, ge=0)  #: of all engines together; the one longest unused is ended first
    idle_s: float = Field(default=300.0, ge=0)  #: an engine that made nothing for so long gives its memory back
    at_once: int = Field(default=1, ge=1)  #: commissions in work at a time; two engines on the same cores are slower than one
    waiting: int = Field(default=16, ge=0)  #: commissions that may wait; beyond, a clear refusal
    timeout_s: float = Field(default=600.0, gt=0)  #: for one commission, waiting included
    team_mb: int = Field(default=1000, ge=1)  #: kept for one team; then what nobody voted for goes, the oldest first
    keep_days: int = Field(default=0, ge=0)  #: files that nobody voted for are deleted after so many; 0: never


class RankerTable(Table):
    """How ideas are scored."""

    name: str = "taste"  #: a file in learning/rankers; "taste" is "bayes" until what it learned has earned weight


class LearnTable(Table):
    """How `muselab learn` tunes a team's model. What it tunes with stands in docs/reference/tuning.md."""

    auto: bool = False  #: the bot keeps `muselab learn --watch` running; off, as tuning takes a core for minutes
    every_s: float = Field(default=3600.0, gt=0)  #: how often it looks whether a team's votes are enough
    method: Literal["distil", "dpo", "sft", "kto"] = "dpo"  #: a file in learning/tuners
    path: Literal["auto", "own", "trl"] = "auto"  #: our own loop, or TRL's; auto: TRL's on a GPU where it is installed
    device: str = "auto"  #: "auto", "cpu", "cuda", "cuda:1"
    processes: int = Field(default=1, ge=1, le=64)  #: of TRL's path: one process a GPU
    canary_share: float = Field(
        default=0.5, gt=0.0, lt=1.0
    )  #: share of a brainstorm's ideas that a new version makes while it is tried; half tells soonest
    track: Literal["", "tensorboard", "wandb", "trackio"] = ""  #: where each step is logged beside the run's own files


class DiscordTable(Table):
    """The Discord connection."""

    token: SecretStr = SecretStr("")  #: the bot's token, from the developer portal
    api_base: str = ""  #: another REST endpoint, for a proxy; empty: Discord's own
    gateway: str = ""  #: another gateway URL; empty: what Discord says
    #: Ids of the servers that are served; empty: any that adds the bot. A public bot can be added by whoever knows its id.
    servers: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("servers", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        """A list in `muselab.toml`; anywhere else ids with commas between them."""
        named = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        return tuple(str(one).strip() for one in named if str(one).strip())


class SlackTable(Table):
    """The Slack connection."""

    bot_token: SecretStr = SecretStr("")  #: xoxb-…
    app_token: SecretStr = SecretStr("")  #: xapp-…, for Socket Mode
    signing_secret: SecretStr = SecretStr("")  #: for signed HTTP
    client_id: str = ""  #: for installing into many workspaces
    client_secret: SecretStr = SecretStr("")  #: likewise
    installations_key: SecretStr = SecretStr("")  #: a Fernet key that seals the tokens of those workspaces in the database
    public_url: str = ""  #: where Slack and people reach the HTTP endpoint from outside: "https://muse.example.org"
    api_base: str = ""  #: another Web API endpoint, for a proxy; empty: Slack's own
    host: str = "127.0.0.1"  #: where the HTTP endpoint listens
    port: int = Field(default=0, ge=0, le=65535)  #: 0: Socket Mode
    workflows: bool = False  #: the manifest offers “Brainstorm” as a step of workflows, for which Slack wants a paid plan


class TerminalTable(Table):
    """The terminal."""

    channel: str = Field(default="main", min_length=1, max_length=100)  #: whose ideas are worked on; another name, another board
    works: Path | None = None  #: folder for pictures, sounds and exports; "." is where it is started; empty: `works` in `home`


class MonitorTable(Table):
    """How the bot is seen from outside."""

    host: str = "127.0.0.1"  #: where `/health`, `/ready` and `/metrics` are answered, without a token
    port: int = Field(default=0, ge=0, le=65535)  #: 0: nowhere
    teams: int = Field(default=20, ge=0, le=1000)  #: teams with figures of their own; the others are counted together
    hour_price: float = Field(default=0.0, ge=0)  #: of an hour of the generator, for `muselab usage`; 0: no costs are told
    currency: str = Field(default="", max_length=8)  #: of that price, such as "EUR"
    traces: bool = False  #: send traces with OpenTelemetry, of `muselab serve` too; where to, its own OTEL_… variables say


class WebTable(Table):
    """The board in the browser."""

    host: str = "127.0.0.1"  #: where it listens; other machines reach it through a proxy that speaks https
    port: int = Field(default=0, ge=0, le=65535)  #: 0: there is no page
    url: str = ""  #: how people reach it from outside, "https://board.example.org"; empty: host and port
    discord_id: str = ""  #: the application's id, for signing in with Discord; empty: nobody can
    discord_secret: SecretStr = SecretStr("")  #: its client secret
    slack_id: str = ""  #: the app's client id, for signing in with Slack; empty: nobody can
    slack_secret: SecretStr = SecretStr("")  #: its client secret
    slack_pkce: bool = False  #: the app's manifest has `pkce_enabled`, without which Slack refuses a sign-in with that proof


class LimitsTable(Table):
    """How much one person, channel and team may ask at once."""

    person_at_once: int = Field(default=2, ge=1)  #: brainstorms of one person in work at the same time
    channel_at_once: int = Field(default=4, ge=1)  #: of one channel
    team_at_once: int = Field(default=6, ge=1)  #: of one team
    at_once: int = Field(default=8, ge=1)  #: of everybody; the rest waits and sees its place
    waiting: int = Field(default=64, ge=0)  #: places to wait in; beyond, a clear refusal
    person_per_hour: int = Field(default=120, ge=1)  #: brainstorms, where a channel settles no number of its own
    person_per_day: int = Field(default=0, ge=0)  #: brainstorms within 24 hours; 0: as many as the hours allow
    #: for people with a role: by its id, `per_hour` and `per_day` in place of the two above; what the most generous of somebody's
    #: roles allows holds. The id of a Discord server or a Slack workspace stands for everybody in it
    roles: RoleQuotas = Field(default_factory=dict)
    person_ideas_per_hour: int = Field(default=60, ge=1)  #: a person's own ideas and edits; nobody writes one a minute
    channel_per_hour: int = Field(default=600, ge=1)  #: likewise, of one channel
    team_per_hour: int = Field(default=2000, ge=1)  #: likewise, of one team: what one GPU makes in an hour, about


class DefaultsTable(Table):
    """What a channel gets before it settles anything itself."""

    count: int = Field(default=5, ge=1, le=MAX_IDEAS)  #: ideas for a topic
    style: str = ""  #: a few words, such as "dry humour"
    language: Literal["", "en", "zh"] = ""  #: of the ideas; empty: the topic's


class Settings(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(
        env_prefix="MUSELAB_", env_nested_delimiter="__", env_file=".env", toml_file=FILE, frozen=True, extra="ignore"
    )

    home: Path = Path(platformdirs.user_data_dir("muselab", appauthor=False))  #: database, adapters, history
    cache: Path = Path(platformdirs.user_cache_dir("muselab", appauthor=False))  #: converted weights; may be deleted
    chats: tuple[str, ...] = ()  #: files in adapters; empty: those whose tokens are set, else the terminal
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"  #: what people write is never logged above DEBUG
    log_format: Literal["lines", "json"] = "lines"  #: of the log: fields one after another, or a JSON object a line

    store: StoreTable = StoreTable()
    generator: GeneratorTable = GeneratorTable()
    service: ServiceTable = ServiceTable()
    media: MediaTable = MediaTable()
    ranker: RankerTable = RankerTable()
    learn: LearnTable = LearnTable()
    discord: DiscordTable = DiscordTable()
    slack: SlackTable = SlackTable()
    terminal: TerminalTable = TerminalTable()
    monitor: MonitorTable = MonitorTable()
    web: WebTable = WebTable()
    limits: LimitsTable = LimitsTable()
    defaults: DefaultsTable = DefaultsTable()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order in which sources win."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def works(self) -> Path:
        """Where the terminal saves files: never the folder it happens to be started in, unless that is asked for."""
        return (self.terminal.works or self.home / "works").expanduser().absolute()

    @property
    def adapters(self) -> Path:
        """Where tuned versions are kept, one folder each, named by its content hash."""
        return self.home / ADAPTERS

    @property
    def media_place(self) -> Path | str:
        """Where pictures and sounds are kept: a folder, or the URL of an object store."""
        place = self.store.media.strip()
        if place.startswith("s3://"):
            return place
        return Path(place).expanduser().absolute() if place else self.home / "media"

    @property
    def page_url(self) -> str:
        """How people reach the page, without a slash at its end."""
        return self.web.url.rstrip("/") or f"http://{self.web.host}:{self.web.port}"

    @property
    def included(self) -> bool:
        """Whether ideas come from the small model that is included, which knows English only."""
        elsewhere = bool(self.generator.url or self.generator.scripted)
        return not elsewhere and self.service.model == "embedded" and not chosen(self.home).now

    @property
    def served(self) -> ServiceTable:
        """The service's table, with the folder of adapters filled in, and the chosen model where none is named."""
        folder = self.service.adapters or self.generator.adapters or str(self.adapters)
        folder, chosen = str(Path(folder).expanduser().absolute()), over(self.home, self.service.model_fields_set)
        return self.service.model_copy(update={"adapters": folder} | chosen)

    @property
    def store_url(self) -> str:
        """The database's URL, the default filled in."""
        return self.store.url or f"sqlite:///{self.home / 'muselab.db'}"
