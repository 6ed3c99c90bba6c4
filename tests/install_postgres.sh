#!/usr/bin/env bash
# PostgreSQL for the tests of the second database, from Debian, where this machine lacks it and we may install it.
set -eu
found() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null; }
if ! found && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y postgresql >/dev/null
fi
found || echo "PostgreSQL is missing: its tests will say so and be skipped (apt-get install postgresql)."
