#!/usr/bin/env bash
# Chromium for the page tests, from Debian, where this machine lacks it and we may install it.
set -eu
if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-noto-core fonts-noto-cjk >/dev/null
fi
command -v chromium >/dev/null || echo "Chromium is missing: the page tests will say so and be skipped (apt-get install chromium)."
