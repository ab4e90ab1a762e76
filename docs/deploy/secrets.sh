#!/bin/sh
# Makes secrets/*.env for docker-compose.yml. Never writes over what is there: the old keys are
# the only ones that open what is already stored.
#   sh docs/deploy/secrets.sh tibir.fjordvik.example smtp+tls://user:password@mail.example:587 \
#       systemeier@fjordvik.example

set -eu
cd "$(dirname "$0")/../.."
host=${1:?Give the host name, such as tibir.fjordvik.example}
mail=${2:?Give the mail server, such as smtp+tls://user:password@mail.example:587}
alarms=${3:?Give the address that gets the alarms, such as systemeier@fjordvik.example}
if [ -e secrets ]; then
    echo "secrets/ is there already: change the files in it by hand." >&2
    exit 1
fi

umask 077
mkdir secrets
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }
password() { random 24 | tr '+/' '-_'; }
owner=$(password)
app=$(password)
queue=$(password)

cat > secrets/postgres.env <<EOF
POSTGRES_PASSWORD=$(password)
TIBIR_OWNER_PASSWORD=$owner
TIBIR_APP_PASSWORD=$app
EOF
cat > secrets/queue.env <<EOF
VALKEY_EXTRA_FLAGS=--requirepass $queue
EOF
cat > secrets/owner.env <<EOF
DATABASE_URL=postgres://tibir_owner:$owner@postgres:5432/tibir
EOF
cat > secrets/app.env <<EOF
SECRET_KEY=$(random 48)
TIBIR_KEYS=1:$(random 32)
TIBIR_INDEX_KEY=$(random 32)
ALLOWED_HOSTS=$host
PUBLIC_URL=https://$host
DATABASE_URL=postgres://tibir_app:$app@postgres:5432/tibir
REDIS_URL=redis://:$queue@valkey:6379/0
DEFAULT_FROM_EMAIL=ikke-svar@$host
SYSTEM_OWNER_EMAIL=$alarms
EOF
cat > secrets/worker.env <<EOF
EMAIL_URL=$mail
EOF
cat > secrets/web.env <<EOF
STAFF_OIDC=
EOF
cat > secrets/beat.env <<EOF
SECRET_KEY=$(random 48)
TIBIR_KEYS=1:$(random 32)
TIBIR_INDEX_KEY=$(random 32)
ALLOWED_HOSTS=$host
PUBLIC_URL=https://$host
DATABASE_URL=postgres://nobody@localhost/none
REDIS_URL=redis://:$queue@valkey:6379/0
EMAIL_URL=dummymail://
DEFAULT_FROM_EMAIL=ikke-svar@$host
SYSTEM_OWNER_EMAIL=$alarms
EOF
echo "TIBIR_HOST=$host" > secrets/proxy.env
echo "Keep a copy of secrets/app.env away from this server: without TIBIR_KEYS a backup cannot be read."
