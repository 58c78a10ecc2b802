# Two stages: the first installs what requirements-runtime.lock names, hash by hash; the second
# carries only the result and the code, and runs as a user who can write nowhere but in /data.

FROM python:3.13-slim AS build
RUN python -m venv /opt/venv
COPY requirements-runtime.lock /tmp/
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r /tmp/requirements-runtime.lock
WORKDIR /app
COPY bot bot
COPY migrations migrations
RUN /opt/venv/bin/python -m compileall -q bot migrations


FROM python:3.13-slim
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY LICENSE /app/
# The default DATABASE_URL, sqlite:///data/bot.db, leads to the volume through the link.
RUN groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid bot --no-create-home --shell /usr/sbin/nologin bot \
    && install --directory --owner=bot --group=bot /data \
    && ln -s /data /app/data
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HEALTH_HOST=0.0.0.0 \
    HEALTH_PORT=8080
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
# http.client, because it heeds no proxy settings.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['HEALTH_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
