# Shared by build, quickstart and the scripts here; sourced, never run.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

# A machine without a home (a service, a container's init) still has a place for caches.
export HOME="${HOME:-$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)}"
HOME="${HOME:-/tmp}"

# The SDK works without ICU; a bare Debian has none.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# What a build keeps for the next one.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/agentops-build
static_busybox=$cache/busybox-static

# exclusively COMMAND...: one at a time on this machine, whoever asks.
exclusively() { (flock 9 && "$@" 9<&-) 9</run; }

# need COMMAND-OR-FILE:PACKAGE...: installs the Debian packages whose command (or file) is not there.
need() {
  local packages
  PATH=$PATH:/usr/sbin:/sbin
  packages=$(missing "$@")
  [ -n "$packages" ] || return 0

  if [ "$(uname)" != Linux ] || ! command -v apt-get >/dev/null; then
    die "not here: $packages (Debian's names). Install them with this system's package manager."
  elif [ "$(id -u)" -ne 0 ]; then
    die "not here: $packages. Install them: sudo apt-get install $packages"
  fi
  exclusively install_packages "$@"
}

# missing COMMAND-OR-FILE:PACKAGE...: the packages of those that are not there.
missing() {
  local wanted what packages=()
  for wanted in "$@"; do
    what=${wanted%%:*}
    case $what in
      /*) [ -e "$what" ] && continue ;;
      *) command -v "$what" >/dev/null && continue ;;
    esac
    packages+=("${wanted#*:}")
  done
  printf %s "${packages[*]}"
}

install_packages() {
  local packages log
  # Another may have installed them while we waited.
  read -ra packages <<<"$(missing "$@")"
  [ ${#packages[@]} -gt 0 ] || return 0
  say "Installing ${packages[*]}"
  log=$(mktemp)
  # policy-rc.d is left alone: where the machine has an init, docker.io starts as its administrator expects.
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    die "could not install ${packages[*]}"
  fi
  rm -f "$log"
}

need_dotnet() {
  local folder
  for folder in "${DOTNET_ROOT:-}" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet "$HOME/.dotnet"; do
    command -v dotnet >/dev/null && break
    [ -n "$folder" ] && [ -x "$folder/dotnet" ] && PATH=$folder:$PATH
  done
  command -v dotnet >/dev/null || die "the .NET SDK 10 is not here. Get it from https://dotnet.microsoft.com/download/dotnet/10.0 (or your system's packages: dotnet-sdk-10.0)."
  dotnet --list-sdks | grep -q '^10\.' || die "the .NET SDK 10 is not here, only: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' '). Get it from https://dotnet.microsoft.com/download/dotnet/10.0."
}

# Debian 13 has the command apart from the engine.
need_docker_cli() { command -v docker >/dev/null || need docker:docker-cli; }

# NativeAOT links with the system's C compiler.
need_native_toolchain() {
  if [ "$(uname)" = Darwin ]; then
    xcode-select -p >/dev/null 2>&1 || die "the native toolchain is not here. Install it: xcode-select --install"
  else
    need gcc:gcc /usr/include/stdio.h:libc6-dev /usr/include/zlib.h:zlib1g-dev objcopy:binutils
  fi
}

# publish DIRECTORY-OF-ARTIFACTS: the native binary as DIRECTORY/agent, replaced in one step.
publish_agent() {
  local artifacts=$1
  dotnet publish "$repository/src/Agentops" -c Release --use-current-runtime -o "$artifacts/publish" -nologo -v quiet || return 1
  cp "$artifacts/publish/agent" "$artifacts/agent.new" && mv "$artifacts/agent.new" "$artifacts/agent"
}

# Started in the background by another script, a script ignores SIGINT for good, and so would the programs under test.
with_usual_signals() {
  if [ -z "${AGENTOPS_USUAL_SIGNALS:-}" ] && env --default-signal=INT true 2>/dev/null; then
    AGENTOPS_USUAL_SIGNALS=1 exec env --default-signal=INT,QUIT,HUP,PIPE bash "$@"
  fi
}
