#!/usr/bin/env bash
# Installs the real components the tests need on a bare Debian machine: a Postgres server, haproxy, Prometheus, Chromium
# for pages, and strace for the fault tests. What is there already is left alone. Elsewhere it says what is missing; the tests then say what they skip.
set -euo pipefail

missing=()
command -v strace >/dev/null || missing+=(strace)
command -v ssh-keygen >/dev/null || missing+=(openssh-client)
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  missing+=(postgresql)
fi
if ! PATH="$PATH:/usr/local/sbin:/usr/sbin" command -v haproxy >/dev/null; then
  missing+=(haproxy)
fi
command -v prometheus >/dev/null || missing+=(prometheus)
if ! command -v chromium >/dev/null && [ -z "${CHROME_PATH:-}" ]; then
  missing+=(chromium)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "ci-tools: not installed, and not mine to install here: ${missing[*]}" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
