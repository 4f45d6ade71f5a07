# Sourced by scripts that install one package of the system when it is first needed: on Debian and Ubuntu through apt, elsewhere it says what is missing.
# Does nothing when it is there. PARALLAX_NO_INSTALL=1 only says it.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 2
}

is_installed() { command -v "$1" >/dev/null || PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep -F "$1 " >/dev/null; }

# install_package NAME PACKAGE NEED MISSING: NAME is a command or a shared library, NEED says what for, MISSING what is to be done where there is no apt.
install_package() {
  local program=$1 package=$2 need=$3 missing=$4 command log as_root=()
  ! is_installed "$program" || exit 0
  command -v apt-get >/dev/null || fail "$missing"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "$need. Run as root: apt-get install $package"
    as_root=(sudo)
  fi
  command="${as_root[*]}${as_root:+ }apt-get install $package"
  [ "${PARALLAX_NO_INSTALL-}" != 1 ] || fail "$need. Run: $command"

  say "Installing $package with apt-get${as_root:+ (sudo may ask for your password)} ..."
  log=$(mktemp)
  trap "rm -f '$log'" EXIT
  export DEBIAN_FRONTEND=noninteractive
  install() { "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$package"; }
  if ! { install || { "${as_root[@]}" apt-get update && install; }; } >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "apt-get failed. Run it yourself and try again: $command"
  fi
}
