#!/usr/bin/env bash
# Chromium for the page tests, from Debian, where this machine lacks it and we may install it.
set -eu
if ! command -v chromium-headless-shell >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq || true
  # Debian 12 as it was released has the larger one alone.
  for browser in chromium-headless-shell chromium; do
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$browser" fonts-noto-core fonts-noto-cjk >/dev/null && break
  done
fi
command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || echo "Chromium is missing: the page tests will say so and be skipped (apt-get install chromium)."

# axe-core finds what keeps people from using a page; only tests need it, so it is not in the repository.
AXE=4.14.1
if [ "$(cat .venv/axe/version 2>/dev/null)" != "$AXE" ]; then
  if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends npm >/dev/null
  fi
  if command -v npm >/dev/null && npm install --silent --no-save --no-package-lock --ignore-scripts --prefix .venv/axe "axe-core@$AXE" >/dev/null; then
    echo "$AXE" >.venv/axe/version
  else
    echo "axe-core is missing: the tests of accessibility will say so and be skipped (apt-get install npm)."
  fi
fi
