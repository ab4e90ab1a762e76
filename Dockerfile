# The image of web, worker and beat. Built in steps, so that what builds is not what runs.

FROM node:24-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY .ci/assets.mjs .ci/assets.theme.json .ci/
COPY static static
RUN npm run build

FROM python:3.11-slim-bookworm AS python
RUN apt-get update && apt-get install --yes --no-install-recommends gettext
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY locale /build/locale
RUN cd /build && /opt/venv/bin/django-admin compilemessages

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /tmp tibir \
    && install --directory --owner tibir --group tibir /run/tibir /var/lib/tibir
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/srv/static \
    HOME=/tmp
WORKDIR /srv/tibir
COPY --from=python /opt/venv /opt/venv
COPY manage.py pyproject.toml ./
COPY tibir tibir
COPY referrals referrals
COPY interventions interventions
COPY training training
COPY templates templates
COPY --from=python /build/locale locale
COPY --from=assets /build/static static
# Only to gather files: these values are gone when the line is done.
RUN TIBIR_MODE=production SECRET_KEY=$(head -c 48 /dev/urandom | base64) \
    TIBIR_KEYS=1:$(head -c 32 /dev/urandom | base64) \
    TIBIR_INDEX_KEY=$(head -c 32 /dev/urandom | base64) \
    PUBLIC_URL=https://tibir.invalid DATABASE_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost/0 EMAIL_URL=smtp://localhost:25 \
    DEFAULT_FROM_EMAIL=none@tibir.invalid SYSTEM_OWNER_EMAIL=none@tibir.invalid \
    python manage.py collectstatic --no-input
USER tibir
# The proxy comes by the socket; the port is for health checks inside the container.
CMD ["gunicorn", "tibir.wsgi", \
    "--bind", "unix:/run/tibir/web.sock", "--bind", "127.0.0.1:8000", \
    "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
    "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
