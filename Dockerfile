# omrbot in a container: a build stage with the compiler's leavings, and a small one that runs as nobody in particular.
# No container engine was at hand where this was written: the stages' commands were run by hand in a fresh folder with
# CPython 3.11, `docker build` itself was not.

FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/omrbot/venv \
 && /opt/omrbot/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/omrbot --create-home omrbot
COPY --from=build /opt/omrbot/venv /opt/omrbot/venv
WORKDIR /opt/omrbot
COPY bot.py building.py settings*.py ./
COPY desk desk
COPY intake intake
COPY probes probes
COPY notices notices
COPY blocks blocks
COPY db db
COPY cases cases
COPY mail mail
COPY templates templates
# Who runs it may not write here: else every command would compile all modules again.
RUN python -m compileall -q -x venv .
USER omrbot
WORKDIR /var/lib/omrbot
# The configuration is mounted here; the database and the block list are written beside it.
VOLUME /var/lib/omrbot
ENV PYTHONUNBUFFERED=1
HEALTHCHECK --interval=60s --timeout=15s --start-period=30s \
  CMD ["/opt/omrbot/venv/bin/python", "/opt/omrbot/bot.py", "--config", "/var/lib/omrbot/config.yaml", "check", "--quick"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/omrbot/venv/bin/python", "/opt/omrbot/bot.py", "--config", "/var/lib/omrbot/config.yaml"]
CMD ["run"]
