"""What lies in `deploy/` fits Muselab as it is: settings, commands, ports, files, figures."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from prometheus_client import Counter, Gauge, Histogram

from bot.__main__ import app
from bot.config import Settings, Table
from bot.metrics import Meter
from generators.service.metrics import HELP
from tests.docs.pages import ROOT, named

DEPLOY = ROOT / "deploy"
YAML = sorted([*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.yml")])
DOCKERFILES = sorted(DEPLOY.glob("*.Dockerfile"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OURS = ("muselab-bot", "muselab-service-cpu", "muselab-service-cuda")
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
#: What Prometheus itself tells of a target, and what its client tells of every process on Linux.
OTHERS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}


def known_settings() -> set[str]:
    known = {f"MUSELAB_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            known |= {f"MUSELAB_{name.upper()}__{one.upper()}" for one in field.annotation.model_fields}
    return known


def exported() -> set[str]:
    names = set(OTHERS)
    for figure in vars(Meter()).values():
        if isinstance(figure, Counter | Gauge | Histogram):
            (family,) = figure.describe()
            names |= parts(family.name + "_total" * (family.type == "counter"), family.type)
    for name in HELP:
        names |= parts(name, "histogram")
    return names


def parts(name: str, kind: str) -> set[str]:
    return {name, *(name + part for part in ("_bucket", "_sum", "_count") if kind == "histogram")}


def used_in(expression: str) -> set[str]:
    """The figures that an expression of PromQL names."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring)\s*\([^)]*\)', " ", expression)
    return set(re.findall(r"\b(?:up|(?:muselab|process)_\w+)\b", bare))


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def compose(*names: str) -> dict[str, Any]:
    """The services of compose files, each laid over those before."""
    merged: dict[str, Any] = {}
    for name in names or ("compose.yaml",):
        (document,) = documents(DEPLOY / name)
        for service, table in document["services"].items():
            before = merged.setdefault(service, {})
            environment = {**before.get("environment", {}), **table.get("environment", {})}
            merged[service] = {**before, **table, **({"environment": environment} if environment else {})}
    return merged


def rules() -> Iterator[dict[str, Any]]:
    (document,) = documents(DEPLOY / "alerts.yml")
    for group in document["groups"]:
        yield from group["rules"]


def dashboard() -> dict[str, Any]:
    return json.loads((DEPLOY / "grafana" / "muselab.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", YAML, ids=named)
def test_every_file_can_be_read(path: Path) -> None:
    assert all(isinstance(document, dict) for document in documents(path))


def test_every_setting_that_a_file_names_is_one() -> None:
    named = {
        (path.name, word)
        for path in DEPLOY.rglob("*")
        if path.is_file()
        for word in re.findall(r"\bMUSELAB_[A-Z]+(?:_[A-Z]+)*(?:__[A-Z_]*[A-Z])?\b", path.read_text(encoding="utf-8"))
    }

    assert named
    assert {one for one in named if one[1] not in known_settings()} == set()


# ------------------------------------------------------------------------------------------ Dockerfiles


def instructions(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", DOCKERFILES, ids=named)
def test_what_is_copied_into_an_image_exists_and_may_be_sent(path: Path) -> None:
    ignored = (DEPLOY / f"{path.name}.dockerignore").read_text(encoding="utf-8").split()
    sources = [
        source
        for name, rest in instructions(path)
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if f"!{source}" not in ignored] == []


@pytest.mark.parametrize("path", DOCKERFILES, ids=named)
def test_an_image_has_every_package_of_ours_and_only_extras_that_exist(path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    packages = {one.removesuffix(".*") for one in project["tool"]["setuptools"]["packages"]["find"]["include"]}

    extras = set(re.findall(r'"\.\[([a-z,-]+)\]"', text)[0].split(","))
    copied = {rest.split()[0] for name, rest in instructions(path) if name == "COPY"}

    assert extras <= set(project["project"]["optional-dependencies"])
    assert packages <= copied


@pytest.mark.parametrize("path", DOCKERFILES, ids=named)
def test_an_image_runs_as_nobody_s_root_from_a_named_base_and_says_how_it_is(path: Path) -> None:
    told = instructions(path)
    last = dict(told)

    assert all(re.search(r":\d", rest) for name, rest in told if name == "FROM")
    assert last["USER"].isdecimal()
    assert last["USER"] != "0"
    assert json.loads(last["ENTRYPOINT"]) == ["muselab"]
    assert json.loads(last["CMD"])[0] in COMMANDS
    assert f":{last['EXPOSE']}/health" in last["HEALTHCHECK"]
    assert f"PORT={last['EXPOSE']}" in last["ENV"]
    assert "ADD" not in last


# ------------------------------------------------------------------------------------------ compose

VARIANTS = [("compose.yaml",), ("compose.yaml", "compose.cuda.yaml"), ("compose.yaml", "compose.vllm.yaml")]


@pytest.mark.parametrize("files", VARIANTS, ids=lambda files: files[-1])
def test_services_are_wired_to_services_that_are_there(files: tuple[str, ...]) -> None:
    services = compose(*files)
    volumes = {name for file in files for name in documents(DEPLOY / file)[0].get("volumes", {})}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith(".") else source in volumes
        for value in service.get("environment", {}).values():
            for host in re.findall(r"(?:http://|@)([a-z]+):\d", str(value)):
                assert host in services
    (prometheus,) = documents(DEPLOY / "prometheus.yml")
    targets = [target for job in prometheus["scrape_configs"] for one in job["static_configs"] for target in one["targets"]]
    assert {target.split(":")[0] for target in targets} <= services.keys()


def test_our_containers_are_closed_and_run_commands_that_exist() -> None:
    for name, service in compose().items():
        if service["image"] not in OURS:
            continue
        assert service["command"][0] in COMMANDS, name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_what_is_open_to_the_machine_is_open_to_nobody_else() -> None:
    ports = [port for service in compose().values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_secret_that_compose_wants_stands_in_the_example() -> None:
    example = dict(line.split("=", 1) for line in (DEPLOY / "env.example").read_text().splitlines() if line[:1] not in ("#", ""))
    wanted = {word for path in DEPLOY.glob("compose*.yaml") for word in re.findall(r"\$\{([A-Z_]+):\?", path.read_text())}

    assert wanted
    assert wanted <= example.keys()


def test_containers_are_given_the_time_that_they_take_to_stop() -> None:
    service = compose()["service"]

    assert int(service["stop_grace_period"].rstrip("s")) > float(service["environment"]["MUSELAB_SERVICE__DRAIN_S"])


# ------------------------------------------------------------------------------------------ Kubernetes


def objects() -> list[dict[str, Any]]:
    return [document for path in MANIFESTS for document in documents(path)]


def workloads() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in objects():
        if one["kind"] in ("Deployment", "StatefulSet"):
            yield one["metadata"]["name"], one["spec"]


def test_every_manifest_is_in_the_list_but_the_example_of_secrets() -> None:
    (listed,) = documents(DEPLOY / "kubernetes" / "kustomization.yaml")

    assert {path.name for path in MANIFESTS} == {*listed["resources"], "kustomization.yaml", "secrets.example.yaml"}


@pytest.mark.parametrize(("name", "spec"), list(workloads()), ids=lambda one: one if isinstance(one, str) else "")
def test_a_pod_is_closed_and_its_parts_are_there(name: str, spec: dict[str, Any]) -> None:
    secrets = {one["metadata"]["name"]: one["stringData"].keys() for one in objects() if one["kind"] == "Secret"}
    claims = {one["metadata"]["name"] for one in objects() if one["kind"] == "PersistentVolumeClaim"}
    pod = spec["template"]["spec"]
    volumes = {one["name"] for one in [*pod["volumes"], *(one["metadata"] for one in spec.get("volumeClaimTemplates", ()))]}

    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert {one["persistentVolumeClaim"]["claimName"] for one in pod["volumes"] if "persistentVolumeClaim" in one} <= claims
    for container in [*pod.get("initContainers", ()), *pod["containers"]]:
        closed = container["securityContext"]
        assert (closed["allowPrivilegeEscalation"], closed["readOnlyRootFilesystem"]) == (False, True)
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        if container["image"] in OURS:
            assert container["args"][0] in COMMANDS
        for variable in container["env"]:
            if "valueFrom" in variable:
                reference = variable["valueFrom"]["secretKeyRef"]
                assert reference["key"] in secrets[reference["name"]]
        ports = {port["name"] for port in container.get("ports", ())}
        probes = [container[one] for one in ("startupProbe", "livenessProbe", "readinessProbe") if one in container]
        assert all(probe["httpGet"]["port"] in ports for probe in probes if "httpGet" in probe)


def test_services_select_pods_that_are_there() -> None:
    labels = [spec["template"]["metadata"]["labels"] for _name, spec in workloads()]
    for one in objects():
        if one["kind"] == "Service":
            assert any(one["spec"]["selector"].items() <= pod.items() for pod in labels), one["metadata"]["name"]


# ------------------------------------------------------------------------------------------ figures


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["alert"])
def test_an_alert_watches_figures_that_are_told(rule: dict[str, Any]) -> None:
    assert used_in(rule["expr"])
    assert used_in(rule["expr"]) <= exported()
    assert rule["labels"]["severity"] in ("page", "look")
    assert rule["annotations"]["summary"]


def test_every_alert_has_its_row_in_the_page_that_says_what_to_do() -> None:
    page = (ROOT / "docs" / "how-to" / "watch-it.md").read_text(encoding="utf-8")

    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in page] == []


def test_the_dashboard_draws_figures_that_are_told() -> None:
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            assert used_in(target["expr"]), panel["title"]
            assert used_in(target["expr"]) <= exported(), panel["title"]


def test_the_dashboard_s_panels_do_not_cover_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert all(x < 24 for x, _y in cells)
        assert not taken & cells, panel["title"]
        taken |= cells


def test_every_figure_of_the_bot_s_work_is_watched_by_somebody() -> None:
    drawn = {name for panel in dashboard()["panels"] for target in panel["targets"] for name in used_in(target["expr"])}
    watched = drawn | {name for rule in rules() for name in used_in(rule["expr"])}
    own = {one.describe()[0].name for one in vars(Meter()).values() if isinstance(one, Counter | Gauge | Histogram)}

    unwatched = {name for name in own if not any(one.startswith(name) for one in watched)}
    assert unwatched == {"muselab_bot_commands", "muselab_bot_tokens", "muselab_bot_team_tokens"}  # for whoever asks


# ------------------------------------------------------------------------------------------ systemd


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=named)
def test_a_unit_runs_a_command_that_exists_and_waits_for_its_end(path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(path, encoding="utf-8")

    service = unit["Service"]
    assert service["ExecStart"].split()[1] in COMMANDS
    assert service["User"] == "muselab"
    assert int(service["TimeoutStopSec"]) > (30 if "serve" in service["ExecStart"] else 9)
