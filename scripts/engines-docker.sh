# The Docker daemons of scripts/engines: one on this machine, and one that is as good as remote. Sourced,
# never run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # what scripts/engines sets

# Docker's part of the addresses: bridges below .64, links to remote engines below .128, networks that are made
# through the API without saying where below .192, and what tests give to theirs from there on.
docker_subnet=10.215.0.0/16
docker_prefix=10.215
docker_id=${run##*-}
docker_socket=$run/docker.sock
docker_bridge=wdk$docker_id
docker_group=/warren-engines-$docker_id
remote_link=wdr$docker_id
remote_tls=$run/docker-tls

# Number 0 to 63 that names this one's subnets, the same in every start unless somebody else has it.
docker_number() { # PREFIX_LENGTH OFFSET
  local i number
  for ((i = 0; i < 64; i++)); do
    number=$(((0x$docker_id + i) % 64))
    if ! ip -o -4 address show to "$docker_prefix.$(($2 + number)).0/$1" | grep -q .; then
      echo "$(($2 + number))"
      return
    fi
  done
  die "no free subnet in $docker_subnet"
}

# dockerd_settings DIRECTORY: what both have in common, as arguments, one in a line. The daemon is kept from
# changing the firewall, the forwarding and /etc of the machine.
dockerd_settings() {
  printf '%s\n' --config-file "$1/docker.json" --exec-root "$1/docker" --pidfile "$1/docker.own-pid" \
    --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false --exec-opt native.cgroupdriver=cgroupfs
  if [ "${WARREN_ENGINES_LIVE_RESTORE:-}" = true ]; then echo --live-restore; fi
}
dockerd_config() {
  case $(dockerd --version) in
    # Else it makes /etc/docker/key.json; from 23 on there is no such key.
    *" version 20."*) printf '{"deprecated-key-path": "%s"}\n' "$1/docker-key.json" ;;
    *) echo '{}' ;;
  esac
}
need_dockerd() {
  is_root || die "a Docker daemon needs root; the process runtime does not: scripts/quickstart process"
  for tool in dockerd docker-proxy runc; do
    have "$tool" || die "no $tool; run scripts/setup --engines"
  done
  mkdir -p "$log"
  # Made by every dockerd, whatever its options say.
  if [ ! -e /run/docker ]; then touch "$run/made-run-docker"; fi
}
# A proxy for the machine's way out is of no use for a registry on it.
without_proxy=(env -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY -u http_proxy -u https_proxy -u all_proxy)

# --- on this machine ----------------------------------------------------------------------------

docker_answers() { curl -sf --max-time 5 -o /dev/null --unix-socket "$docker_socket" http://localhost/_ping; }

start_docker() {
  local settings number
  if remembered_process "$run/docker.pid" >/dev/null; then
    say "docker runs at $docker_socket"
    return
  fi
  need_dockerd
  # On the same containerd, in a namespace of its own.
  start_containerd
  if [ ! -f "$run/docker.json" ]; then rm -rf --one-file-system "$data/docker-data"; fi
  dockerd_config "$run" >"$run/docker.json"
  if [ ! -d "/sys/class/net/$docker_bridge" ]; then
    number=$(docker_number 24 0)
    printf '%s\n' "$docker_bridge" >"$run/bridges"
    ip link add "$docker_bridge" type bridge
    ip address add "$docker_prefix.$number.1/24" dev "$docker_bridge"
    ip link set "$docker_bridge" up
  fi
  mapfile -t settings < <(dockerd_settings "$run")
  # The data may be large, and the directory of the sockets is a tmpfs.
  mkdir -p "$data/docker-data"
  # A killed daemon leaves it, and it would be taken for a living one while nobody has reaped that.
  rm -f "$run/docker.own-pid"
  start_daemon docker "${without_proxy[@]}" dockerd "${settings[@]}" \
    --data-root "$data/docker-data" --host "unix://$docker_socket" --bridge "$docker_bridge" \
    --default-address-pool "base=$docker_prefix.128.0/18,size=24" \
    --cgroup-parent "$docker_group" --containerd "$socket" \
    --containerd-namespace "docker-$docker_id" --containerd-plugins-namespace "docker-plugins-$docker_id"
  wait_for_daemon docker docker_answers
  say "docker $(dockerd --version | sed 's/.*version \([^,]*\),.*/\1/') at $docker_socket (log: $log/docker.log)"
}

# --- as good as remote ---------------------------------------------------------------------------

# It lives in mount, network and PID namespaces of its own: its files are in a tmpfs that nobody else sees,
# its containers have no address here, its pids mean nothing here. A link leads to its own address, where it
# asks for a client certificate. The first process of the namespace only reaps; with it all the rest ends.
remote_address() {
  remembered_process "$run/docker-remote.pid" >/dev/null && printf '%s.2\n' "$(cat "$run/docker-remote.net")"
}
remote_answers() {
  curl -sf --noproxy '*' --max-time 5 -o /dev/null --cacert "$remote_tls/ca.pem" --cert "$remote_tls/cert.pem" \
    --key "$remote_tls/key.pem" "https://$(cat "$run/docker-remote.net").2:2376/_ping"
}
child_of() { # PID
  # The second field is a name in parentheses. Processes may be gone before they are read.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v parent="$1" '
    { pid = $1; sub(/.*\) /, ""); if ($2 == parent) child = pid }
    END { if (child == "") exit 1; print child }'
}

start_docker-remote() {
  local init settings engine entry pid
  if engine=$(remote_address); then
    say "docker-remote runs at tcp://$engine:2376"
    return
  fi
  need_dockerd
  have openssl || die "no openssl; run scripts/setup --engines"
  add_routes
  remembered_process "$run/remote-machine.pid" >/dev/null || start_remote_machine
  start_registry
  init=$(child_of "$(remembered_process "$run/remote-machine.pid")")
  engine=$(cat "$run/docker-remote.net").2
  mapfile -t settings < <(dockerd_settings /run)
  nsenter --target "$init" --mount rm -f /run/docker.own-pid
  start_daemon docker-remote "${without_proxy[@]}" nsenter --target "$init" --mount --net --pid --wd=/ \
    dockerd "${settings[@]}" --data-root /run/docker-data --host "tcp://$engine:2376" \
    --tlsverify --tlscacert /run/tls/ca.pem --tlscert /run/tls/server.pem --tlskey /run/tls/server-key.pem \
    --bip "$docker_prefix.255.1/24" --default-address-pool "base=$docker_prefix.128.0/18,size=24" \
    --insecure-registry "$(registry_address registry-remote)" --cgroup-parent "$docker_group-remote"
  # The daemon is the child of nsenter, which ends with it but passes no signals on.
  entry=$(remembered_process "$run/docker-remote.pid")
  has_child() { pid=$(child_of "$entry"); }
  wait_until 10 has_child || die "docker-remote does not start (log: $log/docker-remote.log)"
  remember_process "$run/docker-remote.pid" "$pid"
  wait_for_daemon docker-remote remote_answers
  say "docker-remote at tcp://$engine:2376 (certificates: $remote_tls, log: $log/docker-remote.log)"
}

# What unshare runs: covers /run with a file system of its own, with what was laid out for it in there.
# shellcheck disable=SC2016 # expanded by that shell
remote_init='set -e
  mount --no-mtab -t tmpfs -o mode=755 tmpfs "$1/root"
  cp -r "$1/files/." "$1/root"
  mount --no-mtab --move "$1/root" /run
  echo 0 >/proc/sys/net/ipv4/ip_forward
  until [ -d "/proc/sys/net/ipv4/conf/eth0" ]; do sleep 0.02; done
  ip link set lo up
  ip address add "$2.2/30" dev eth0
  ip link set eth0 up
  trap exit TERM
  # As PID 1, bash reaps what others leave to it.
  while :; do sleep 3600 & wait $! || true; done'

start_remote_machine() {
  local net machine init
  net=$docker_prefix.$(docker_number 24 64)
  printf '%s\n' "$net" >"$run/docker-remote.net"
  rm -rf "$run/remote"
  mkdir -p "$run/remote/root" "$run/remote/files"
  make_certificates "$run/remote/files/tls" "$net.2"
  dockerd_config /run >"$run/remote/files/docker.json"
  start_daemon remote-machine unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private \
    bash -c "$remote_init" init "$run/remote" "$net"
  machine=$(remembered_process "$run/remote-machine.pid")
  has_init() { init=$(child_of "$machine"); }
  wait_until 10 has_init || die "no namespaces can be made (log: $log/remote-machine.log)"
  # unshare forks when the namespaces are there, so the child has them.
  ip link add "$remote_link" type veth peer name eth0 netns "$init"
  ip address add "$net.1/30" dev "$remote_link"
  ip link set "$remote_link" up
  remote_is_up() { nsenter --target "$init" --net ip -o -4 address show dev eth0 2>/dev/null | grep -q "$net.2/" \
    && nsenter --target "$init" --mount test -d /run/tls; }
  wait_until 10 remote_is_up || die "the remote machine does not come up (log: $log/remote-machine.log)"
  rm -rf "$run/remote/files"
  run_registry registry-remote "$net.1"
}

# make_certificates SERVER_DIRECTORY ADDRESS: an authority that is forgotten at once, a server and a client.
make_certificates() {
  local server=$1 client=$remote_tls work
  work=$(mktemp -d "$run/ca-XXXXXX")
  rm -rf "$client"
  (umask 077 && mkdir -p "$server" "$client")
  key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1"; }
  signed() { # KEY NAME EXTENSIONS OUT
    openssl req -new -key "$1" -subj "/CN=$2" \
      | openssl x509 -req -days 30 -CA "$work/ca.pem" -CAkey "$work/key.pem" -CAcreateserial -extfile <(printf '%b' "$3") -out "$4"
  }
  {
    key "$work/key.pem" && key "$server/server-key.pem" && key "$client/key.pem"
    openssl req -x509 -key "$work/key.pem" -days 30 -subj "/CN=warren engines" -out "$work/ca.pem"
    signed "$server/server-key.pem" docker-remote "subjectAltName=IP:$2\nextendedKeyUsage=serverAuth\n" "$server/server.pem"
    signed "$client/key.pem" client 'extendedKeyUsage=clientAuth\n' "$client/cert.pem"
  } 2>>"$log/docker-remote-certificates.log" || die "no certificates (log: $log/docker-remote-certificates.log)"
  cp "$work/ca.pem" "$server/ca.pem"
  cp "$work/ca.pem" "$client/ca.pem"
  chmod 600 "$server"/* "$client"/*
  rm -rf "$work"
}

# --- the end -------------------------------------------------------------------------------------

# Nothing is worth a tidy end: the containers are taken apart below the daemons, and the data is deleted.
kill_dockers() {
  local file
  for file in docker docker-remote remote-machine; do
    kill_process "$run/$file.pid" || warn "$file does not end"
    rm -f "$run/$file.pid"
  done
  link_is_gone() { [ ! -e "/sys/class/net/$remote_link" ] || ! ip link delete "$remote_link" 2>/dev/null; }
  wait_until 10 link_is_gone || warn "the link $remote_link stays"
}

remove_docker_remains() {
  local group link
  # Only the daemon's own records name the bridges of networks that were made through its API.
  for link in "$docker_bridge" \
    $(grep -aso '"BridgeName":"[^"]*"' "$data/docker-data/network/files/local-kv.db" | cut -d'"' -f4 | sort -u); do
    if [ -d "/sys/class/net/$link/bridge" ]; then ip link delete "$link" || true; fi
  done
  for group in /sys/fs/cgroup{,/*}"$docker_group"{,-remote}; do
    if [ -d "$group" ]; then find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || warn "$group stays"; fi
  done
  if [ -f "$run/made-run-docker" ] && ! others docker.pid | grep -q . && ! others docker-remote.pid | grep -q .; then
    rmdir /run/docker/plugins /run/docker 2>/dev/null || true
  fi
}
