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
  cat > "$panel/xfce4-panel.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
XML
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
