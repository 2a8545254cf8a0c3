#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys view without a screen (SDL's dummy driver), by scripts of events that wait for what they need and never sleep: everything by keys and
# by pointer; the digest is that of qonys run; what was changed by hand and saved gives the same run; the difference of two worlds;
# pictures as they should be; mistakes of the user; no display.
set -uo pipefail
. "$(dirname "$0")/view_common.sh"
export SDL_VIDEODRIVER=dummy

# view CODE ARGUMENT...: a session by the script on standard input; what it says stands in told
view() {
    local code=$1 got=0
    shift
    { cat; echo quit; } >script
    timeout 90 "$QONYS" view "$@" --script script >told 2>stderr || got=$?
    if [ $got -ne "$code" ]; then
        complain "exit code $got instead of $code: qonys view $*"
        cat stderr >&2
    fi
}
says() { grep -qF -- "$1" stderr || complain "standard error lacks '$1': $(head -c 300 stderr)"; }
is() { # KEY VALUES: what every tell of the session said
    same "$1" "$(every "$1")" "$2 "
}

# --- by keys: play, pause, step, speed, restart, back and forth; indicators, maps, kinds, regions, search, zoom; sheets; languages ------
view 0 land/policy.json --size 960x600 --speed 40 <<'END'
wait-start
tell
key .
wait-month 1
tell
key space
wait-month 16
key space
wait-painted
tell
key home
tell
key right
tell
key shift+right
key left
tell
key end
key [
key [
key r
wait-restart
tell
key .
key .
wait-month 2
tell
END
is playing "no no no no no no no no"
[ "$(every shown | cut -d' ' -f1-2,4-6,8)" = "2016-12 2017-01 2016-12 2017-01 2017-12 2017-02" ] || complain "back and forth: $(every shown)"
is speed "40 40 40 40 40 40 8 8"

view 0 land/policy.json --size 960x600 <<'END'
wait-start
key m
tell
key m
key m
key p
key k
tell
key k
key u
tell
key n
key tab
tell
key shift+tab
key i
text nemployed
tell
key return
tell
key /
text a
key backspace
text egion 1
tell
key return
key =
key =
tell
key ctrl+left
key 0
key h
tell
key escape
key g
key escape
key t
key l
tell
key f
wait-painted
tell
key f
wait-painted
tell
END
is selected "none none none R0000 none none none R0001 R0001 R0001 R0001 R0001"
same "zoom" "$(every zoom | cut -d' ' -f7-9)" "1.00 1.69 1.00"
is map "flows dots dots dots dots dots dots dots dots dots dots dots"
is indicator "density population unemployment_rate net_migration_region net_migration_region unemployed unemployed unemployed unemployed unemployed unemployed unemployed"
is kind "all urban rural rural rural rural rural rural rural rural rural rural"
is overlay "none none none none indicators none search none help none none none"
is language "en en en en en en en en en kk kk kk"
is dark "no no no no no no no no no yes yes yes"
is full_screen "no no no no no no no no no no yes no"

# --- by pointer: hover, click, drag, wheel, buttons, the slider of time; sizes; larger letters ------------------------------------------
view 0 land/policy.json --size 960x600 <<'END'
wait-start
wait-painted
move 60 270
tell
move 450 250
tell
click 450 250
move 5 5
tell
move 450 250
wheel 3
wait-painted
drag 450 250 400 250
tell
tell
click 84 579
wait-month 1
drag 20 541 940 541
tell
drag 940 541 20 541
tell
END
is hovered "R0000 R0001 none R0001 R0001 none none"
is selected "none none R0001 R0001 R0001 R0001 R0001"
is months "0 0 0 0 0 1 1"
is shown "2016-12 2016-12 2016-12 2016-12 2016-12 2017-01 2016-12"

view 0 land/policy.json --size 700x500 --ui-scale 2 --lang kk --dark <<'END'
wait-start
wait-painted
tell
screenshot large.png
resize 1100 700
wait-painted
tell
screenshot wide.png
resize 340 260
wait-painted
tell
screenshot small.png
END
is size "700x500 1100x700 340x260"
is scale "2 2 2"
file large.png wide.png small.png | sed 's/,.*, \([0-9]* x [0-9]*\),.*/: \1/' >sizes
grep -q "1400 x 1000" sizes && grep -q "2200 x 1400" sizes && grep -q "680 x 520" sizes || complain "sizes of pictures: $(cat sizes)"

# --- the digest is that of a run without the window, whatever the user does meanwhile --------------------------------------------------
plain=$(digest land/policy.json)
for threads in 1 2; do
    view 0 land/policy.json --size 640x480 --threads $threads --stats <<'END'
key space
key m
key e
key escape
move 100 200
key =
wheel 2
key left
key i
key return
key t
key l
key h
key h
wait-done
END
    same "digest with $threads threads" "$(last state_digest)" "$plain"
    [ "$(last frames)" -gt 0 ] && [ -n "$(last frame_ms_mean)" ] || complain "no statistics of frames"
done

# --- policy by hand: drafts, a journal with dates, a scenario that gives the same run -----------------------------------------------------
view 0 land/policy.json --size 1280x800 --set trigger.factor_member=0.9 --set programmes[0].bond.months=6 <<'END'
wait-start
key .
key .
key .
wait-month 3
key e
row quota.all.each_year
key shift+right
key shift+right
row awareness.considered_share
key left
key left
key backspace
row benefits[0].amount_mci
tell
key return
wait-change
tell
key .
key .
wait-month 5
key e
press 880 108
move 900 108
release
key return
wait-change
key w
tell
key space
wait-done
tell
key e
key right
key return
wait-change
tell
END
is overlay "policy none none none none"
[ "$(every journal | cut -d' ' -f1,2)" = "2017-04 programmes.settle.quota.all.each_year=100" ] || complain "journal: $(every journal)"
grep -q '^journal: 2017-06 programmes.settle.benefits\[0\]' told || complain "the slider held by the pointer is not in the journal: $(every journal)"
grep -q '^message: saved: policy-by-hand.json' told || complain "saving: $(every message)"
grep -q '^message: the run has ended' told || complain "a change after the end is not refused: $(every message)"
same "the scenario saved" "$(last state_digest)" "$(digest policy-by-hand.json)"
[ "$(last state_digest)" != "$plain" ] || complain "the changes change nothing"

# A change of a month that is past: the run begins anew and takes it then.
view 0 land/policy.json <<'END'
key space
wait-done
key home
key right
key right
tell
key e
row quota.all.each_year
key end
key return
wait-change
tell
key space
wait-done
key w
tell
END
same "journal" "$(last journal | cut -d' ' -f1)" 2017-03
same "the scenario saved, of a past month" "$(last state_digest)" "$(digest policy-by-hand-2.json)"
same "the same as --set changes" "$(last state_digest)" "$(digest land/policy.json --set 'changes=[{"month":"2017-03","path":"programmes.settle.quota.all.each_year","value":240}]')"

# What the scenario does not allow is refused, and the run goes on.
view 0 land/policy.json <<'END'
wait-start
key .
wait-month 1
key e
row settle.from
key right
key return
wait-change
tell
key shift+r
wait-restart
key space
wait-done
END
grep -q '^message: .*first month of a programme' told || complain "a change that cannot be is not refused: $(every message)"
same "after a refusal" "$(last state_digest)" "$plain"

# --- two worlds on the same luck -----------------------------------------------------------------------------------------------------------
view 0 land/base.json land/policy.json <<'END'
wait-start
tell
key space
wait-done
END
is worlds 2
same "the first of two" "$(last state_digest_base)" "$(digest land/base.json)"
same "the second of two" "$(last state_digest)" "$plain"

view 0 land/policy.json <<'END'
wait-start
key .
key .
key .
key .
wait-month 4
key e
row quota.all.each_year
key end
key b
wait-change
tell
key space
wait-done
key w
tell
key r
wait-restart
wait-done
END
is worlds "2 2"
is indicator "population population"
same "beside the branch" "$(last state_digest_base)" "$plain"
same "the branch" "$(last state_digest)" "$(digest policy-by-hand-3.json)"
[ "$(last state_digest)" != "$plain" ] || complain "the branch is no other world"

# --- pictures ------------------------------------------------------------------------------------------------------------------------------
mkdir pictures
for language in en kk ru; do
    view 0 "$QON_SOURCE/scenarios/baseline.json" "$QON_SOURCE/scenarios/concept-2017.json" --scale 500 --months 18 --lang $language <<END
key space
wait-done
screenshot pictures/difference-$language.png
END
done
view 0 "$QON_SOURCE/scenarios/concept-2017.json" --scale 1000 --months 18 <<'END'
wait-start
screenshot pictures/start.png
key space
wait-done
screenshot pictures/dots.png
move 440 330
wait-painted
screenshot pictures/hover.png
move 5 5
key m
screenshot pictures/flows.png
key m
key u
screenshot pictures/values.png
key e
screenshot pictures/policy.png
key escape
key g
screenshot pictures/programmes.png
key g
key i
screenshot pictures/menu.png
key escape
key h
screenshot pictures/help.png
key h
key t
screenshot pictures/dark.png
key t
screenshot pictures/light.png
END
model=$(last state_digest)
named=()
for file in pictures/*.png; do
    name=${file##*/}
    [ "$name" = light.png ] || named+=("${name%.png}=$file")
done
[ -n "${QON_VIEW_KEEP:-}" ] && cp pictures/*.png "$QON_VIEW_KEEP"
if [ -n "${QON_VIEW_RENEW:-}" ]; then
    python3 "$look/check_pictures.py" renew "$look/view_pictures.json" "$model" "${named[@]}"
fi
python3 "$look/check_pictures.py" compare "$look/view_pictures.json" "$model" "${named[@]}" || complain "pictures are not as they should be"
python3 "$look/check_pictures.py" same pictures/values.png pictures/light.png || complain "back to light is not as before"
python3 "$look/check_pictures.py" differ pictures/dots.png pictures/hover.png 0.2 || complain "the pointer shows nothing"
python3 "$look/check_pictures.py" differ pictures/difference-en.png pictures/difference-ru.png 0.5 || complain "languages look alike"

# What follows the pointer is drawn alone: no trace of it stays, and the frame is as if it had been drawn as a whole.
for shape in "--ui-scale 1" "--ui-scale 1.3" "--size 801x700" "--ui-scale 2 --dark"; do
    # shellcheck disable=SC2086
    view 0 "$QON_SOURCE/scenarios/baseline.json" --scale 1000 --months 2 $shape <<'END'
wait-start
key p
move 240 330
wait-painted
move 246 336
move 300 380
move 320 420
wait-painted
move 324 324
move 330 330
wait-painted
screenshot part.png
key h
key h
wait-painted
screenshot whole.png
move 5 5
wait-painted
screenshot left.png
key h
key h
wait-painted
screenshot never.png
END
    python3 "$look/check_pictures.py" same part.png whole.png || complain "the pointer leaves traces ($shape)"
    python3 "$look/check_pictures.py" same left.png never.png || complain "the pointer leaves traces where it was ($shape)"
    python3 "$look/check_pictures.py" differ part.png left.png 0.2 || complain "the pointer shows nothing ($shape)"
done

# Search brings a region into view, however near the map is looked at.
view 0 "$QON_SOURCE/scenarios/baseline.json" --scale 1000 --months 2 --size 960x600 <<'END'
wait-start
key =
key =
key =
key =
key =
key =
wait-painted
key /
text mangystau
key return
wait-painted
move 285 265
wait-painted
tell
END
[ "$(last hovered)" = "$(last selected)" ] && [ "$(last selected)" != none ] || complain "the region searched is not in the middle: $(last hovered), $(last selected)"

# Pictures and frames that the user saves.
view 0 land/policy.json --size 640x480 <<'END'
wait-start
key s
key v
key .
wait-month 1
wait-painted
key .
wait-month 2
wait-painted
key v
tell
END
[ -s qonys-001.png ] || complain "no picture was saved"
[ "$(find qonys-frames-1 -name '*.png' | wc -l)" -ge 2 ] || complain "frames: $(ls qonys-frames-1)"

# Every key that the policy sheet can show has words: kinds of benefits, their fields and choices, fields of programmes.
{
    "$QONYS" describe benefits | grep -v '^ ' | awk '{print $1}' | tr . '\n'
    "$QONYS" describe benefits | awk '/^[a-z_]+ /{print $1}' | while read -r kind; do "$QONYS" describe benefits "$kind"; done |
        sed -n 's/^ *one of *//p' | tr '|' '\n'
    grep -oE '^ *\{"[a-z_]+", QON_' "$QON_SOURCE/sim/state/programme.c" | cut -d'"' -f2
} | sort -u >keys
[ "$(wc -l <keys)" -gt 80 ] || complain "keys of the policy sheet: $(tr '\n' ' ' <keys)"
while read -r key; do
    grep -q "^FIELD(\"$key\", \"..*\", \"..*\", \"..*\")$" "$QON_SOURCE/viz/live/fields.def" || complain "no words for $key in viz/live/fields.def"
done <keys

# --- mistakes, no display --------------------------------------------------------------------------------------------------------------------
view 2 land/nothing.json <<<""
says "land/nothing.json"
view 2 land/policy.json --sice 3x3 <<<""
says "did you mean --size?"
view 2 land/policy.json --size 3x3 <<<""
says "no size such as"
view 2 land/policy.json --lang de <<<""
says "expected kk, ru or en"
view 2 land/policy.json land/policy.json land/policy.json <<<""
says "at most two"
view 2 land/policy.json <<<"dance"
says "script:1: cannot be understood"
view 2 land/policy.json --set programmes.settle.take_up_month=7 <<<""
says "expected 0 to 1"
timeout 60 "$QONYS" view --help >told 2>stderr || complain "--help"
grep -q -- "--script FILE" told || complain "--help lacks options"
got=0
env -u DISPLAY -u WAYLAND_DISPLAY -u XDG_RUNTIME_DIR -u SDL_VIDEODRIVER timeout 60 "$QONYS" view land/policy.json >told 2>stderr || got=$?
same "exit code without a display" $got 2
says "there is no display"
exit $failed
