#!/bin/bash
# session.sh COMMAND...: runs COMMAND on a desktop without a screen and ends the desktop with it.
#
# Xvfb, a session bus, an Xfce panel that holds nothing but the tray, and dunst, with a home of its
# own. For trying things by hand, for pictures and for measuring; the tests build the same in
# tests/it/desktop/world.rs, where they can leave parts out.
#
#   SCREEN=1280x900x24     size of the screen
#   KEEP=1                 keep the home folder and say where it is
set -eu

if [ "${1:-}" != --inside ]; then
  home=$(mktemp -d)
  runtime=$(mktemp -d)
  chmod 700 "$runtime"
  trap '[ -n "${KEEP:-}" ] && echo "kept: $home" || rm -rf "$home"; rm -rf "$runtime"' EXIT
  # Before the bus starts: the bus starts xfconfd, which reads the home.
  export HOME=$home XDG_RUNTIME_DIR=$runtime GTK_THEME=Adwaita NO_AT_BRIDGE=1 LIBGL_ALWAYS_SOFTWARE=1
  unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
  panel=$HOME/.config/xfce4/xfconf/xfce-perchannel-xml
  mkdir -p "$panel"
  cp "$(dirname "$0")/xfce4-panel.xml" "$panel/"
  xvfb-run -a -s "-screen 0 ${SCREEN:-1280x900x24}" dbus-run-session -- "$0" --inside "$@"
  exit
fi
shift

xfce4-panel --disable-wm-check 2> "$HOME/panel.log" &
panel=$!
dunst 2> "$HOME/dunst.log" &
dunst=$!
trap 'kill $panel $dunst 2> /dev/null || true' EXIT
watcher=org.kde.StatusNotifierWatcher
for _ in $(seq 200); do
  gdbus call --session -d $watcher -o /StatusNotifierWatcher \
    -m org.freedesktop.DBus.Properties.Get $watcher IsStatusNotifierHostRegistered 2> /dev/null | grep -q true && break
  sleep 0.1
done
"$@"
