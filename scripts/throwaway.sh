# What the scripts share that start an engine of our own in a folder DIR: how its processes are known, and what a killed build leaves.
# Sourced, never run. A script that sources it defines remove DIR.
# shellcheck shell=bash

# is_our_process PID DIR PROGRAM
is_our_process() {
  [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] || return 1
  local words
  mapfile -d '' -t words 2>/dev/null <"/proc/$1/cmdline" || return 1
  [[ ${words[0]:-} == *"$3" && "${words[*]}" == *"$2/"* ]]
}

# end_process PID DIR PROGRAM SECONDS: asks, waits, then kills.
end_process() {
  local turns
  is_our_process "$1" "$2" "$3" || return 0
  kill -TERM "$1" 2>/dev/null || return 0
  for ((turns = $4 * 10; turns > 0; turns--)); do
    is_our_process "$1" "$2" "$3" || return 0
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
}

answers() { curl -fsS --max-time 2 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1; }

# await_answer DIR SOCKET
await_answer() {
  local turns
  for ((turns = 300; turns > 0; turns--)); do
    if answers "$2"; then
      return 0
    fi
    sleep 0.1
  done
  say "$(basename "$0"): nothing answers at $2 after 30 s. The end of its log:"
  tail -n 30 "$1/log" >&2
  exit 1
}

# free_port FROM DIR: a port of 127.0.0.1 that nobody listens at, among those that the system gives to nobody by itself; another for each DIR, as a rule.
free_port() {
  local start=$((16#$(printf %s "$2" | sha256sum | cut -c1-4) % 1900)) n
  for ((n = 0; n < 1900; n++)); do
    (exec 4<>"/dev/tcp/127.0.0.1/$(($1 + (start + n) % 1900))") 2>/dev/null || { printf %s "$(($1 + (start + n) % 1900))"; return 0; }
  done
  return 1
}

# A machine that never ran an init system has no control groups mounted.
mount_control_groups() {
  if ! grep -qE '^[^ ]+ /sys/fs/cgroup[^ ]* cgroup2? ' /proc/mounts; then
    need cgroupfs-mount:cgroupfs-mount
    exclusively cgroupfs-mount
  fi
}

# note_owner DIR PID: the process that DIR belongs to, see sweep; nobody's when there is none.
note_owner() {
  if [ -n "$2" ]; then
    printf '%s %s\n' "$2" "$(started_at "$2")" >"$1/owner"
  fi
}

# Field 22 of /proc/PID/stat, counted behind the name in parentheses: a process id alone may be somebody else's by now.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

sweep() {
  local owner started file
  for file in "$1"/*/owner; do
    [ -r "$file" ] || continue
    read -r owner started <"$file" || true
    if [ -z "${owner:-}" ] || [ "$(started_at "$owner")" != "${started:-}" ]; then
      say "Removing the engine that a build left in $(dirname "$file")"
      remove "$(dirname "$file")"
    fi
  done
}
