#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Opens the pages of test_report.sh in Chromium at 360 and 1280 pixels and asks them about themselves: check_pages.py FOLDER
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

WORK = sys.argv[1]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=4000", "--dump-dom"]

# Runs within the page, after it: what was asked of the network, what is wider than the window, which labels lie on others or outside.
PROBE = """
<script>
addEventListener('load', () => setTimeout(() => {
  const width = document.documentElement.clientWidth, out = {width, scroll: document.documentElement.scrollWidth, errors: window.faults,
    requests: performance.getEntriesByType('resource').map(e => e.name), wide: [], outside: [], overlaps: [], texts: 0, figures: 0,
    paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color};
  const scrolls = e => e.closest('.scroll');
  for (const e of document.querySelectorAll('body *')) {
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > width + 1 && !scrolls(e)) out.wide.push(e.tagName + ' ' + (e.textContent || '').slice(0, 40));
  }
  for (const svg of document.querySelectorAll('svg')) {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) continue;
    out.figures++;
    const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
    out.texts += texts.length;
    for (const [t, r] of texts)
      if (r.left < box.left - 2 || r.right > box.right + 2 || r.top < box.top - 3 || r.bottom > box.bottom + 3)
        out.outside.push(svg.getAttribute('aria-label') + ': ' + t.textContent);
    for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
      const a = texts[i][1], b = texts[j][1];
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes of lines hold the room of accents and tails: letters touch only when a third of the height is shared.
      if (w > 1 && h > 0.36 * Math.min(a.height, b.height))
        out.overlaps.push(svg.getAttribute('aria-label') + ': ' + texts[i][0].textContent + ' / ' + texts[j][0].textContent);
    }
  }
  parent.postMessage(JSON.stringify(out), '*');
}, 50));
</script>
"""
CATCH = "<script>window.faults = []; addEventListener('error', e => window.faults.push(String(e.message)), true);</script>"
# Both widths at once; answers are told apart by the width they state.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">{frames}
<pre id="answer"></pre><script>const all = [];
addEventListener('message', e => {{ all.push(JSON.parse(e.data)); document.getElementById('answer').textContent = JSON.stringify(all); }});</script>"""
failures = 0


def check(condition, text):
    global failures
    if not condition:
        failures += 1
        print("FAILED:", text, file=sys.stderr)


def ask(source, widths, broken=""):
    """What the page says about itself in frames of these widths, and what the console says."""
    with open(source, encoding="utf-8") as file:
        text = file.read()
    folder = tempfile.mkdtemp(dir=WORK)
    with open(os.path.join(folder, "page.html"), "w", encoding="utf-8") as file:
        file.write(text.replace("<head>", "<head>" + CATCH, 1).replace("</body>", broken + PROBE + "</body>", 1))
    with open(os.path.join(folder, "frame.html"), "w", encoding="utf-8") as file:
        file.write(FRAME.format(frames="".join(f'<iframe src="page.html" style="width:{w}px;height:900px;border:0"></iframe>' for w in widths)))
    done = subprocess.run(["chromium", *FLAGS, f"--user-data-dir={folder}/profile", "--window-size=1700,1000", "file://" + folder + "/frame.html"],
                          capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="answer">(.+?)</pre>', done.stdout, re.S)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    shutil.rmtree(folder, ignore_errors=True)
    if not found:
        raise RuntimeError(f"no answer from {source}: {done.stderr[-600:]}")
    return json.loads(html.unescape(found.group(1))), console


def page_check(name, widths):
    answers, console = ask(os.path.join(WORK, name), widths)
    check(sorted(a["width"] for a in answers) == sorted(widths), f"{name}: shown {[a['width'] for a in answers]} wide")
    check(not console, f"{name}: the console says {console}")
    for answer in answers:
        where = f"{name} at {answer['width']}"
        check(not answer["errors"], f"{where}: faults {answer['errors']}")
        check(not answer["requests"], f"{where}: asked for {answer['requests']}")
        check(answer["scroll"] <= answer["width"], f"{where}: scrolls sideways ({answer['scroll']})")
        for key in ("wide", "outside", "overlaps"):
            check(not answer[key], f"{where}: {key}: {answer[key][:6]}")
    return answers


# The probe sees what it is to see.
spoilt = ('<div style="width:3000px">x</div><img src="http://127.0.0.1:9/x.png"><script>throw new Error("spoilt")</script>'
          '<svg width="100" height="50" aria-label="spoilt"><text x="5" y="20">one</text><text x="7" y="21">two</text><text x="90" y="20">three</text></svg>')
answers, console = ask(os.path.join(WORK, "bare-en.html"), [360], spoilt)
answer = answers[0]
check(console and answer["wide"] and answer["requests"] and answer["errors"] and answer["overlaps"] and answer["outside"] and answer["scroll"] > 360,
      f"the probe is blind: {answer} {console}")

for language in ("en", "kk", "ru"):
    for kind in ("run", "compare"):
        for answer in page_check(f"{kind}-{language}.html", [360, 1280]):
            check(answer["figures"] >= 15 and answer["texts"] > 300, f"{kind}-{language}: {answer['figures']} figures, {answer['texts']} labels")
page_check("bare-kk.html", [360])
print("pages:", "all as expected" if failures == 0 else f"{failures} failures")
sys.exit(failures > 0)
