# The bot: chats and the database, no model, no torch. Build from the checkout: docker build -f deploy/bot.Dockerfile -t muselab-bot .
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt MANIFEST.in README.md LICENSE THIRD_PARTY.md muselab.py ./
COPY bot bot
COPY adapters adapters
COPY generators generators
COPY storage storage
COPY learning learning
RUN python -m venv /opt/muselab \
    && /opt/muselab/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt ".[discord,slack,postgres,observe]"

FROM python:3.11-slim
COPY --from=build /opt/muselab /opt/muselab
# A user of its own; /data is the one folder that it writes to, so the root file system may be read-only.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin muselab && install -d -m 0700 -o muselab -g muselab /data
ENV PATH=/opt/muselab/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MUSELAB_HOME=/data \
    MUSELAB_CACHE=/tmp/muselab \
    MUSELAB_LOG_FORMAT=json \
    MUSELAB_MONITOR__HOST=0.0.0.0 \
    MUSELAB_MONITOR__PORT=9464
WORKDIR /data
USER 10001
VOLUME /data
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/health', timeout=3)"]
ENTRYPOINT ["muselab"]
CMD ["run"]
