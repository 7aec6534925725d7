# One image for the portal and its worker. compose.yaml starts them; docs/deploying.md describes both.

# The packages, compiled or copied into a virtual environment.
FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/laurel/.venv
COPY requirements/production.txt /opt/laurel/requirements/production.txt
RUN /opt/laurel/.venv/bin/pip install --quiet --require-hashes -r /opt/laurel/requirements/production.txt

FROM python:3.13-slim-bookworm
# The code belongs to root, and the portal runs as another user: it can write only to /var/lib/laurel.
RUN useradd --system --uid 10001 --home-dir /var/lib/laurel --shell /usr/sbin/nologin laurel \
    && install -d -m 700 -o laurel -g laurel /var/lib/laurel /var/lib/laurel/media /var/lib/laurel/static
COPY --from=packages /opt/laurel/.venv /opt/laurel/.venv
COPY . /opt/laurel
WORKDIR /opt/laurel

# Made once with the image. The key signs nothing that is kept, and is in no layer that the portal reads.
RUN DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py translations --compile \
    && LAUREL_ENV=production SECRET_KEY=only-while-the-image-is-made-0123456789-0123456789-0123456789 ALLOWED_HOSTS=localhost \
    EMAIL_URL=consolemail:// DATABASE_URL=sqlite://:memory: STATIC_ROOT=/opt/laurel/static-files \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -m compileall -q accounts api contests people portal publishing record search

ENV LAUREL_ENV=production \
    MEDIA_ROOT=/var/lib/laurel/media \
    STATIC_ROOT=/opt/laurel/static-files \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    PROMETHEUS_MULTIPROC_DIR=/tmp/laurel-metrics \
    PATH=/opt/laurel/.venv/bin:$PATH
USER laurel
VOLUME /var/lib/laurel
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# The same options as in deploy/systemd/laurel.service.
CMD ["granian", "--interface", "wsgi", "--blocking-threads", "4", "--backlog", "4096", "--backpressure", "2048", "--http", "1", "--no-ws", "--http1-header-read-timeout", "30000", "--respawn-failed-workers", "--respawn-interval", "8", "--workers-kill-timeout", "30", "--log-level", "warning", "portal.wsgi:application"]
