# Functions that the scripts share: messages, finding the tools, waiting, and ending processes by
# identity. Sourced, never run.
# shellcheck shell=bash

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
program=$(basename "$0")

# A plain `su` and many non-login shells leave out the directories of ip, ctr's daemon and the like.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "$program" "$*" >&2; }
die() {
  warn "$*"
  exit 1
}

# The comment at the top of the calling script is its manual.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
in_ci() { [ "${CI:-}" = true ]; }

# wait_until SECONDS COMMAND...: polls until the command succeeds, fails after the time.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# version_at_least HAVE WANT
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# --- processes -------------------------------------------------------------------------------
# A pid alone may have been given to somebody else since; pid and start time name one process.

start_time() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The second field is the name in parentheses and may contain spaces, so count from behind it.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] || return 1
  printf '%s\n' "${20}"
}

remember_process() { # FILE PID
  printf '%s %s\n' "$2" "$(start_time "$2")" >"$1"
}

# Prints the pid that remember_process wrote, if that same process still runs.
remembered_process() { # FILE
  local pid started
  [ -f "$1" ] && read -r pid started <"$1" && [ -n "$started" ] || return 1
  [ "$(start_time "$pid")" = "$started" ] || return 1
  printf '%s\n' "$pid"
}

process_is_gone() { ! remembered_process "$1" >/dev/null; } # FILE

kill_process() { # FILE
  local pid
  pid=$(remembered_process "$1") || return 0
  kill -KILL "$pid" 2>/dev/null || true
  wait_until 10 process_is_gone "$1"
}

# Ends the remembered process: politely, then for sure.
end_process() { # FILE [SECONDS]
  local pid
  if pid=$(remembered_process "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    if ! wait_until "${2:-10}" process_is_gone "$1"; then
      kill -KILL "$pid" 2>/dev/null || true
      wait_until 5 process_is_gone "$1" || warn "process $pid does not end"
    fi
  fi
  rm -f "$1"
}

# --- tools -----------------------------------------------------------------------------------

# Prints the feature version ("17") of a JDK.
jdk_feature() { # JDK_HOME
  local version
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  # The release file spares the start of a JVM.
  version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$1/release" 2>/dev/null) || true
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  version=${version#1.}
  version=${version%%[!0-9]*}
  [ -n "$version" ] && printf '%s\n' "$version"
}

# Prints "FEATURE HOME" for every JDK found, newest first.
list_jdks() {
  local home feature javac
  {
    [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
    if javac=$(command -v javac); then dirname "$(dirname "$(readlink -f "$javac")")"; fi
    for home in /usr/lib/jvm/*; do [ ! -d "$home" ] || readlink -f "$home"; done
  } | sort -u | while read -r home; do
    if feature=$(jdk_feature "$home"); then printf '%s %s\n' "$feature" "$home"; fi
  done | sort -k1,1nr -k2
}

# Prints the home of the JDK to build with: 17, or the oldest newer one.
build_jdk() {
  list_jdks | awk '$1 >= 17 && (best == "" || $1 < best) { best = $1; home = $2 }
    END { if (best == "") exit 1; print home }'
}

maven_version() {
  local mvn version
  mvn=$(command -v mvn) || return 1
  # Asking mvn itself costs the start of a JVM; the package or the jar's name know as well.
  version=$(dpkg-query -S "$(readlink -f "$mvn")" 2>/dev/null | cut -d: -f1 | head -n 1) || true
  [ -z "$version" ] || version=$(dpkg-query -W -f '${Version}' "$version")
  [ -n "$version" ] || version=$(find "$(dirname "$(readlink -f "$mvn")")/../lib" -name 'maven-core-[0-9]*.jar' 2>/dev/null)
  [ -n "$version" ] || version=$(mvn -v 2>/dev/null | grep -m 1 'Apache Maven')
  grep -o '[0-9][0-9.]*[0-9]' <<<"${version##*/}" | head -n 1
}

# The Go version that the bridge asks for, and the place of a toolchain that came as a Go module.
wanted_go() { sed -n 's/^go \([0-9.]*\)$/\1/p' "$repo/bridge/go.mod"; }
go_arch() {
  case "$(uname -m)" in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) return 1 ;;
  esac
}
go_module_cache() { printf '%s\n' "${GOMODCACHE:-${GOPATH:-$HOME/go}/pkg/mod}"; }

# Prints the bin directory of a Go that can build the bridge. Go 1.21 and newer fetch the version
# that go.mod names by themselves, unless they are told not to.
find_go() {
  local bin version
  for bin in "$(dirname "$(command -v go || echo /)")" /usr/local/go/bin \
    "$(go_module_cache)"/golang.org/toolchain@*."linux-$(go_arch || echo none)"/bin; do
    [ -x "$bin/go" ] || continue
    version=$(cd / && GOTOOLCHAIN=local "$bin/go" env GOVERSION 2>/dev/null) || continue
    version=${version#go}
    if version_at_least "$version" "$(wanted_go)" \
      || { version_at_least "$version" 1.21 && [ "$(cd / && "$bin/go" env GOTOOLCHAIN)" != local ]; }; then
      printf '%s\n' "$bin"
      return
    fi
  done
  return 1
}

# Puts what scripts/setup found or installed on the PATH of the calling script.
use_tools() {
  local bin
  JAVA_HOME=$(build_jdk) || die "no JDK 17 or newer; run scripts/setup"
  export JAVA_HOME PATH=$JAVA_HOME/bin:$PATH
  have mvn || die "no mvn; run scripts/setup"
  bin=$(find_go) || die "no usable Go; run scripts/setup"
  export PATH=$bin:$PATH
}

# Prints the directory of the CNI plugins.
cni_bin() {
  local dir
  for dir in "${WARREN_TEST_CNI_BIN:-}" /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
    if [ -n "$dir" ] && [ -x "$dir/bridge" ] && [ -x "$dir/host-local" ]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  return 1
}

# Prints the path of a busybox that needs no libraries: the system's, or one unpacked by setup.
static_busybox() {
  local file
  for file in "$(command -v busybox || true)" "$repo/target/tools/busybox"; do
    [ -n "$file" ] && [ -x "$file" ] || continue
    # ldd fails, or says so, for a static program.
    if ! ldd "$file" 2>/dev/null | grep -q '=>'; then
      printf '%s\n' "$file"
      return
    fi
  done
  return 1
}
