#!/bin/bash
# notify.sh COMMAND...: runs COMMAND on a desktop that is an X server and a session bus on which
# nothing can be started by a call, so that a notification service is there when the test says so.
set -eu
if [ "${1:-}" != --inside ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  export STETHOSCOPE_TEST_FOLDER=$folder HOME=$folder XDG_RUNTIME_DIR=$folder NO_AT_BRIDGE=1
  unset XDG_CONFIG_HOME DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
  cat > "$folder/bus.conf" <<X
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=$folder</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
X
  # dunst asks this one which action the person chose: it answers the line with the wanted label.
  cat > "$folder/pick" <<'X'
#!/bin/bash
grep -F -- "$(cat "$STETHOSCOPE_TEST_FOLDER/choice")" | head -n 1
X
  chmod +x "$folder/pick"
  export PATH="$folder:$PATH"
  timeout 120 xvfb-run -a -s '-screen 0 640x400x24' \
    dbus-run-session --config-file="$folder/bus.conf" -- bash "$0" --inside "$@"
  exit
fi
shift
exec "$@"
