#!/bin/bash
# What every stage below tests/real starts with: a small Debian of its own that boots with systemd, a way to run
# commands in it, to ask the program as one of its users, and to say whether the answer was right.
#
# To be sourced, not run. The stage then runs a second time in process and mount namespaces of its own, so that
# whatever happens to it, nothing keeps running and nothing stays mounted. What has to be undone after that (a
# folder on the disk) the first one does. The installed system is made once, kept below the build folder and
# never changed: what a stage writes goes to a layer on top of it, which is thrown away.
set -u
[ "$(id -u)" = 0 ] || { echo "$0 has to run as root" >&2; exit 2; }

# In the installed system, one list for all stages.
packages="systemd systemd-sysv dbus libpam-systemd polkitd passwd procps iproute2 strace python3 python3-dbusmock
  ufw nftables iptables firewalld openssh-server openbsd-inetd network-manager
  unattended-upgrades apt-utils gpg gpg-agent
  dconf-cli dconf-gsettings-backend libglib2.0-bin gsettings-desktop-schemas libkf5config-bin xfconf libxfconf-0-3
  flatpak pacman-package-manager libarchive-tools"
release=bookworm
store=${CARGO_TARGET_DIR:-$PWD/target}/real

# Prints why this stage cannot run on this machine, and ends it. That is a failure, not a pass.
cannot() {
  echo "CANNOT RUN ${0##*/}: $*" >&2
  exit 2
}

# Installs what this machine lacks: PROGRAM:PACKAGE...
need() {
  local one missing=""
  for one in "$@"; do
    command -v "${one%%:*}" >/dev/null || missing="$missing ${one##*:}"
  done
  [ -n "$missing" ] || return 0
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # one word a package
  apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends $missing >/dev/null 2>&1 \
    || { apt-get -o DPkg::Lock::Timeout=300 update -q >/dev/null 2>&1
         apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends $missing >/dev/null; } \
    || cannot "these packages could not be installed:$missing"
}

# Makes the installed system, unless one of the same packages is there.
install_system() {
  local name log
  name=tree-$release-$(printf '%s' "$packages" | sha256sum | cut -c1-12)
  tree=$store/$name
  mkdir -p "$store"
  exec 9>"$store/lock"
  flock 9
  if [ ! -e "$tree/.complete" ]; then
    need mmdebstrap:mmdebstrap
    echo "installing a Debian to test in (once; some minutes)" >&2
    log=$store/install.log
    rm -rf "$store"/tree-*
    # shellcheck disable=SC2086  # joined by commas
    mmdebstrap --mode=root --variant=minbase --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
      --include="$(echo $packages | tr ' ' ,)" "$release" "$tree" "${MIRROR:-http://deb.debian.org/debian}" \
      >"$log" 2>&1 || { tail -5 "$log" >&2; cannot "no Debian could be installed to test in"; }
    rm -f "$tree/etc/apt/apt.conf.d/99mmdebstrap"
    chroot "$tree" useradd -m -s /bin/bash ann
    chroot "$tree" useradd -m -s /bin/bash bob
    touch "$tree/.complete"
  fi
  exec 9>&-
}

# ---- The first time: prepare, run the stage again in its own namespaces, clean up.

if [ -z "${REAL_SCRATCH:-}" ]; then
  need systemd-nspawn:systemd-container nsenter:util-linux setpriv:util-linux ip:iproute2 flock:util-linux pgrep:procps
  if [ -z "${PROGRAM:-}" ]; then
    # Built as the tests build it, so that nothing is compiled twice. PROGRAM=/path takes one that is there.
    cargo test -q --workspace --features fixture,inspection --test it --no-run || cannot "the program could not be built"
    PROGRAM=${CARGO_TARGET_DIR:-target}/debug/stethoscope-cli
  fi
  mkdir -p "$store"
  # What a run left behind that was killed without a chance to clean up.
  for old in "$store"/scratch-*; do
    [ -e "$old" ] && [ ! -d "/proc/${old##*-}" ] && rm -rf "$old"
  done
  install_system
  scratch=$store/scratch-$$
  mkdir -p "$scratch"
  inner=""
  # shellcheck disable=SC2317  # reached by the traps
  clean_up() {
    # Killing it kills every process of its namespaces, and without processes nothing stays mounted.
    [ -n "$inner" ] && kill -KILL "$inner" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$scratch"
    rmdir /run/systemd/nspawn/propagate/stethoscope-test 2>/dev/null
  }
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  REAL_SCRATCH=$scratch REAL_TREE=$tree PROGRAM=$PROGRAM \
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@" &
  inner=$!
  wait "$inner"
  status=$?
  inner=""
  exit "$status"
fi

# ---- The second time: what stages use.

scratch=$REAL_SCRATCH
init=""
said=""

# Starts the system: a fresh layer over the installed one.
boot() {
  mkdir -p "$scratch/upper" "$scratch/work" "$scratch/root"
  # By a name that says nothing: a layer below /tmp would look, from inside, as if it were kept in memory.
  mount --bind "$scratch" /srv || cannot "nothing can be mounted on /srv"
  # Where the build folder is a layer itself, layers do not stack; then it takes a copy.
  mount -t overlay overlay -o "lowerdir=$REAL_TREE,upperdir=/srv/upper,workdir=/srv/work" "$scratch/root" \
    2>/dev/null || cp -a "$REAL_TREE/." "$scratch/root/"
  cp "$PROGRAM" "$scratch/root/usr/local/bin/stethoscope-cli" || cannot "there is no program"
  # Stand-ins may take these names.
  cat >"$scratch/root/etc/dbus-1/system.d/stand-in.conf" <<'X'
<busconfig><policy user="root"><allow own="org.freedesktop.NetworkManager"/>
<allow own="org.gnome.DisplayManager"/></policy>
<policy context="default"><allow send_destination="org.freedesktop.NetworkManager"/>
<allow send_destination="org.gnome.DisplayManager"/></policy></busconfig>
X
  # Its network is managed by hand, so that NetworkManager leaves the test cable alone.
  printf '[keyfile]\nunmanaged-devices=*\n' >"$scratch/root/etc/NetworkManager/conf.d/by-hand.conf"
  # Only what a stage starts runs, and nothing does it by the clock.
  chroot "$scratch/root" systemctl -q disable ssh firewalld nftables ufw inetd NetworkManager NetworkManager-wait-online \
    NetworkManager-dispatcher unattended-upgrades 2>/dev/null
  systemd-nspawn -q -D "$scratch/root" --boot --private-network --register=no --keep-unit \
    --machine=stethoscope-test </dev/null >"$scratch/boot.log" 2>&1 &
  local nspawn=$! waited
  for waited in $(seq 300); do
    init=$(pgrep -P "$nspawn" -x systemd) && [ -S "/proc/$init/root/run/dbus/system_bus_socket" ] && break
    [ "$waited" = 300 ] && { tail -5 "$scratch/boot.log" >&2; cannot "the system to test in did not boot"; }
    sleep 0.1
  done
  inside systemctl is-system-running --wait >/dev/null 2>&1
  # This system stands for a machine, so it must not say that it is a container. Nothing else is hidden.
  inside mount -o remount,bind,rw /run/host 2>/dev/null
  inside rm -f /run/systemd/container /run/host/container-manager
  inside stethoscope-cli --version >/dev/null || cannot "the program does not start in Debian $release"
  # Otherwise it would say of everything that it cannot tell, and a stage could be content with that.
  inside stethoscope-cli facts --format json | grep -Eq '"place": "(machine|virtualMachine)"' \
    || cannot "the program does not take the system to test in for a machine"
}

# Runs a command in the system, as root and with a plain environment.
inside() {
  nsenter -t "$init" -a --root --wd -- env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

# The same as one of its users: USER [VARIABLE=VALUE...] COMMAND...
user() {
  local name=$1
  shift
  inside runuser -u "$name" -- env HOME="/home/$name" USER="$name" LOGNAME="$name" "$@"
}

# Writes standard input to a file of the system, with its folders.
put() {
  inside mkdir -p "$(dirname "$1")"
  inside tee "$1" >/dev/null
}

# Starts a program there that stands for another: UNIT USER COMMAND...
stand_in() {
  local unit=$1 name=$2
  shift 2
  inside systemctl reset-failed "$unit" 2>/dev/null
  inside systemd-run -q --unit="$unit" --uid="$name" -E HOME="$([ "$name" = root ] && echo /root || echo "/home/$name")" "$@"
}

# A process of that name: UNIT USER PATH.
stand_in_process() {
  inside cp /bin/sleep "$3"
  stand_in "$1" "$2" "$3" 3600
}

# Waits until a name is owned on the system bus.
owned() {
  local waited
  for waited in $(seq 100); do
    inside busctl status "$1" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  cannot "$1 did not come up on the system bus"
}

# Asks the program: USER PRACTICE [VARIABLE=VALUE...] -> "state confidence: reason | evidence"
ask() {
  local name=$1 practice=$2
  shift 2
  user "$name" "$@" stethoscope-cli scan --practice "$practice" --format json 2>/dev/null | inside python3 -c '
import json, sys
for one in json.load(sys.stdin)["practices"]:
    seen = one["observation"]
    state = seen["state"]
    if state == "value":
        state = json.dumps(seen["value"])
    evidence = "; ".join(e["source"] + ": " + e["saw"] for e in one["evidence"])
    print(state, one["confidence"] + ":", one["reason"], "|", evidence)'
}

# RIGHT? NAME DETAIL
report() {
  if [ "$1" = yes ]; then
    echo "ok    $2"
    echo ok >>"$scratch/results"
  else
    echo "WRONG $2: $3"
    echo wrong >>"$scratch/results"
  fi
}

# Something that cannot be tried in here, and why.
note() {
  echo "NOT TRIED $1"
  echo not >>"$scratch/results"
}

# NAME EXPECTED ACTUAL
same() {
  local right=no
  [ "$2" = "$3" ] && right=yes
  report "$right" "$1" "the truth is \"$2\", it said \"$3\""
}

# NAME USER PRACTICE START-OF-ANSWER [WORDS]
check() {
  local right=no
  said=$(ask "$2" "$3")
  [[ $said == "$4"* && $said == *"${5:-}"* ]] && right=yes
  report "$right" "$1" "expected \"$4 … ${5:-}\", it said \"$said\""
}

# A computer beside the system, with a cable between them: 10.99.0.2 beside 10.99.0.1.
neighbour() {
  unshare --net sleep infinity &
  beside=$!
  local waited
  for waited in $(seq 100); do
    [ "$(readlink "/proc/$beside/ns/net")" != "$(readlink /proc/self/ns/net)" ] && break
    sleep 0.05
  done
  nsenter -t "$beside" -n ip link add eth0 type veth peer name eth0 netns "$init" || cannot "no cable could be laid"
  nsenter -t "$beside" -n ip addr add 10.99.0.2/24 dev eth0
  nsenter -t "$beside" -n ip link set eth0 up
  inside ip addr add 10.99.0.1/24 dev eth0
  inside ip link set eth0 up
}

# The truth about a port, seen from the computer beside it: NAME open|closed [PORT]
knock() {
  local truth=closed
  nsenter -t "$beside" -n timeout 3 bash -c "exec 3<>/dev/tcp/10.99.0.1/${3:-9999}" 2>/dev/null && truth=open
  same "  and from outside: $1" "$truth" "$2"
}

# Says how it went, and ends the stage.
finish() {
  local passed failed noted
  passed=$(grep -cx ok "$scratch/results")
  failed=$(grep -cx wrong "$scratch/results")
  noted=$(grep -cx not "$scratch/results")
  echo "${0##*/}: $passed right, $failed wrong, $noted not tried"
  [ -n "${REAL_COUNT:-}" ] && echo "$passed $failed $noted" >>"$REAL_COUNT"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}
