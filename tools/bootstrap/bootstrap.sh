# Installs what Segue is built from; sourced by `dev`, which sets $root and `die`. Nothing is done, and no network is asked, when all is there.
#
# bootstrap_packages [packages-engines.txt]: the distribution's packages (packages.txt, or another list).
# bootstrap_python requirements.txt: pinned wheels into the virtual environment .deps/python.
# bootstrap_web: the packages of tools/report/package-lock.json into .deps/web.

# The command that gives us root: nothing for root itself.
root_prefix() {
  if [ "$(id -u)" = 0 ]; then return; fi
  command -v sudo >/dev/null || die "installing needs root, and there is no sudo; run as root: apt-get install --no-install-recommends" $*
  echo sudo
}

# Those of the named packages that dpkg does not show as installed.
missing_packages() {
  printf '%s\n' "$@" | sort | comm -23 - <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

install_packages() {
  local missing log prefix
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return
  echo "dev: installing" $missing >&2
  prefix=$(root_prefix $missing) || exit
  log=$(mktemp)
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 ||
    echo "dev: apt-get update failed; going on with the package lists that are there" >&2
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1 || {
    grep -E '^(E|W|Err):' "$log" >&2 || tail -n 20 "$log" >&2
    die "apt-get could not install these packages (all it said: $log); check the network and /etc/apt/sources.list*," \
        "then run the same command again. LLVM 19 needs Debian 12 with its updates, or later"
  }
  rm -f "$log"
}

bootstrap_packages() {
  command -v dpkg-query >/dev/null ||
    die "this script installs with apt, which this machine has not; install the counterparts of tools/bootstrap/packages.txt by hand, and build with CMake"
  install_packages $(cat "$root/tools/bootstrap/${1:-packages.txt}")
}

bootstrap_python() {
  local wanted=$root/tools/bootstrap/$1 folder=$root/.deps/python stamp=$root/.deps/python/$1
  cmp -s "$wanted" "$stamp" && [ -x "$folder/bin/python3" ] && return
  if [ ! -x "$folder/bin/python3" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    python3 -m venv --clear "$folder" >&2 || die "python3 could not make the virtual environment $folder; install python3-venv (Python 3.10 or later)"
  fi
  echo "dev: installing $(grep -v '^#' "$wanted" | tr '\n' ' ')into .deps/python" >&2
  "$folder/bin/python3" -m pip install --quiet --disable-pip-version-check --requirement "$wanted" >&2 ||
    die "pip could not install the wheels above; check the network (or set PIP_INDEX_URL to a mirror, PIP_PROXY to a proxy), then run the same command again"
  cp "$wanted" "$stamp"
}

bootstrap_web() {
  local wanted=$root/tools/report/package-lock.json folder=$root/.deps/web
  cmp -s "$wanted" "$folder/installed-lock.json" && [ -d "$folder/node_modules" ] && return
  command -v npm >/dev/null || install_packages nodejs npm
  mkdir -p "$folder"
  cp "$root/tools/report/package.json" "$wanted" "$folder"
  echo "dev: installing the packages of tools/report/package.json into .deps/web" >&2
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null ||
    die "npm could not install them; check the network (or set npm_config_registry to a mirror, npm_config_proxy to a proxy), then run the same command again"
  cp "$wanted" "$folder/installed-lock.json"
}
