#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys view on an X server (Xvfb), worked by keyboard and mouse from outside (xdotool): open, play, pause, hover, a slider of the policy
# sheet, branch, save the scenario, quit; the scenario run without the window has the same digest. Conditions are waited for, not time.
set -uo pipefail
. "$(dirname "$0")/view_common.sh"
for tool in Xvfb xdotool weston; do
    command -v $tool >/dev/null || { echo "$tool is missing; packages of tests: tests/packages.txt" >&2; exit 1; }
done
unset WAYLAND_DISPLAY SDL_VIDEODRIVER
mkdir -m 700 run
mkdir frame
export XDG_RUNTIME_DIR=$work/run

Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp -fbdir frame 3>"$work/display" 2>xvfb.log &
server=$!
finish() {
    [ -n "${window:-}" ] && kill "$window" 2>/dev/null
    [ -n "${compositor:-}" ] && kill "$compositor" 2>/dev/null
    kill $server 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
# until SECONDS COMMAND...: looks every twentieth of a second
until_true() {
    local looks=$((20 * $1))
    shift
    while ! "$@" 2>/dev/null; do
        looks=$((looks - 1))
        [ $looks -gt 0 ] || return 1
        sleep 0.05
    done
}
until_true 20 test -s display || { echo "Xvfb does not start: $(cat xvfb.log)" >&2; exit 1; }
DISPLAY=:$(cat display)
export DISPLAY

"$QONYS" view land/policy.json --size 1280x800 --speed 4 >told 2>stderr &
window=$!
found() { id=$(xdotool search --onlyvisible --name 'Qonys' | head -n 1) && [ -n "$id" ]; }
titled() { xdotool getwindowname "$id" | grep -qE -- "$1"; }
shows() { until_true "${2:-30}" titled "$1" || complain "the title should have '$1': $(xdotool getwindowname "$id")"; }
key() { xdotool key --clearmodifiers "$@"; }
picture() { # key s, then the picture named
    key s
    until_true 20 test -s "$1" || complain "no picture $1"
}
until_true 30 found || { echo "FAILED: no window: $(cat stderr)" >&2; exit 1; }
xdotool windowmove "$id" 0 0 windowfocus --sync "$id" mousemove 5 5
shows '2016-12 .*paused'

key space # play, at four months a second
shows '2017-0[2-9] .*running'
key space
shows 'paused'
key k u # the region's unemployment, in towns
picture qonys-001.png
xdotool mousemove 250 430
hovering() { # the picture changes when the pointer lies on a region
    rm -f qonys-002.png
    key s
    until_true 5 test -s qonys-002.png && python3 "$look/check_pictures.py" differ qonys-001.png qonys-002.png 0.1 >/dev/null
}
until_true 30 hovering || complain "the pointer on a region shows nothing"
# What stands on the screen: drawn in parts while the pointer moves, it is what the whole is.
for x in 252 260 275 300; do
    xdotool mousemove $x 430
done
changes() { ! cmp -s frame/Xvfb_screen0 before; }
stands() { cmp -s frame/Xvfb_screen0 before; }
settled() {
    cp frame/Xvfb_screen0 before
    sleep 0.3
    stands
}
until_true 40 settled || complain "the screen never rests"
key h
until_true 20 changes || complain "help does not show on the screen"
key h
until_true 20 stands || complain "the pointer leaves traces on the screen"
xdotool click 1 mousemove 5 5

# A slider of the policy sheet, held and moved; Enter applies it. Then a second one in a second world.
key e
xdotool mousemove 800 106 mousedown 1 mousemove 850 106 mousemove 900 106 mouseup 1
key Return
key w
until_true 20 test -s policy-by-hand.json || complain "no scenario was saved: $(cat stderr)"
grep -q 'settle.benefits\[0\]' policy-by-hand.json || complain "the slider is not in the scenario: $(cat policy-by-hand.json)"
key e Down Down Right Right
key b
shows '· 2$' 60
key w
until_true 20 test -s policy-by-hand-2.json || complain "no scenario was saved after the branch"
key bracketright bracketright bracketright space # as fast as it goes
shows '2018-12 · done' 120
picture qonys-003.png
xdotool windowsize --sync "$id" 1000 640
picture qonys-004.png
file qonys-004.png | grep -q '1000 x 640' || complain "the window does not follow its size: $(file qonys-004.png)"
[ -n "${QON_VIEW_KEEP:-}" ] && cp qonys-*.png "$QON_VIEW_KEEP"
key q
wait $window
same "exit code" $? 0
window=
same "the branch, run without the window" "$(last state_digest)" "$(digest policy-by-hand-2.json)"
same "beside the branch" "$(last state_digest_base)" "$(digest policy-by-hand.json)"
[ "$(last state_digest)" != "$(last state_digest_base)" ] || complain "the branch is no other world"

# Wayland, in a window of the same server.
weston --backend=x11-backend.so --socket=wayland-qonys --no-config --idle-time=0 --width=1360 --height=860 >weston.log 2>&1 &
compositor=$!
until_true 20 test -S run/wayland-qonys || { echo "FAILED: weston does not start: $(tail -n 5 weston.log)" >&2; exit 1; }
printf '%s\n' wait-start "key space" wait-done "move 400 300" wait-painted "resize 1000 640" wait-painted "screenshot wayland.png" tell quit >script
env -u DISPLAY WAYLAND_DISPLAY=wayland-qonys SDL_VIDEODRIVER=wayland timeout 90 "$QONYS" view land/policy.json --script script >told 2>stderr
same "exit code on Wayland" $? 0
same "the run on Wayland" "$(last state_digest)" "$(digest land/policy.json)"
file wayland.png | grep -q '1000 x 640' || complain "picture on Wayland: $(file wayland.png)"
exit $failed
