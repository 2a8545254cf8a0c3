#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Pictures of the window (PNG as Cairo writes it), compared by what an eye sees: the mean colour of squares of 40 pixels.
#   check_pictures.py compare REFERENCE.json MODEL NAME=FILE...  against stored means; a square differs when a channel is off by more than
#                                                           TOLERANCE; more than MOST percent of such squares is a fault; a fault of
#                                                           another model (a digest) than that of the pictures stored says so
#   check_pictures.py renew REFERENCE.json MODEL NAME=FILE...    stores the means
#   check_pictures.py differ FILE FILE PERCENT              at least so much of the pixels must differ
#   check_pictures.py same FILE FILE                        no pixel may differ
import base64
import json
import struct
import sys
import zlib

SQUARE, TOLERANCE, MOST = 40, 12, 3.0


def read(path):
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed, width = 8, b"", 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colour in (2, 6) and interlace == 0, path
            channels = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    raw = zlib.decompress(packed)
    line, rows, before = width * channels, [], bytes(width * channels)
    for y in range(height):
        kind, row = raw[y * (line + 1)], bytearray(raw[y * (line + 1) + 1:(y + 1) * (line + 1)])
        if kind == 1:
            for i in range(channels, line):
                row[i] = (row[i] + row[i - channels]) & 255
        elif kind == 2:
            row = bytearray((a + b) & 255 for a, b in zip(row, before))
        elif kind == 3:
            for i in range(line):
                row[i] = (row[i] + ((row[i - channels] if i >= channels else 0) + before[i]) // 2) & 255
        elif kind == 4:
            for i in range(line):
                a = row[i - channels] if i >= channels else 0
                b, c = before[i], before[i - channels] if i >= channels else 0
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                row[i] = (row[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
        before = bytes(row)
        rows.append(before)
    return width, height, channels, rows


def means(path):
    width, height, channels, rows = read(path)
    out = []
    for y in range(0, height, SQUARE):
        for x in range(0, width, SQUARE):
            for c in range(3):
                values = [rows[j][i * channels + c] for j in range(y, min(y + SQUARE, height), 2) for i in range(x, min(x + SQUARE, width), 2)]
                out.append(round(sum(values) / len(values)))
    return {"width": width, "height": height, "means": base64.b64encode(bytes(out)).decode()}


def pairs(arguments):
    return [argument.split("=", 1) for argument in arguments]


def compare(reference, model, arguments):
    known = json.load(open(reference))
    if known["model"] != model:
        print("the pictures stored are of another model: renew them with QON_VIEW_RENEW=1 after looking at the new ones")
    bad = 0
    for name, path in pairs(arguments):
        one, two = known[name], means(path)
        if (one["width"], one["height"]) != (two["width"], two["height"]):
            print(f"{name}: {two['width']}x{two['height']} instead of {one['width']}x{one['height']}")
            bad += 1
            continue
        one, two = base64.b64decode(one["means"]), base64.b64decode(two["means"])
        count = len(one) // 3
        off = sum(any(abs(one[3 * i + c] - two[3 * i + c]) > TOLERANCE for c in range(3)) for i in range(count))
        if 100 * off / count > MOST:
            print(f"{name}: {100 * off / count:.1f} % of the squares differ from the picture stored")
            bad += 1
    return bad


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "compare":
        sys.exit(1 if compare(arguments[0], arguments[1], arguments[2:]) else 0)
    if what == "renew":
        with open(arguments[0], "w") as out:
            lines = [f'"{name}": {json.dumps(means(path), separators=(",", ":"))}' for name, path in pairs(arguments[2:])]
            out.write("{\n" + ",\n".join([f'"model": "{arguments[1]}"', *lines]) + "\n}\n")
        return
    one, two = read(arguments[0]), read(arguments[1])
    total = one[0] * one[1]
    differ = total if one[:2] != two[:2] else sum(
        a[i:i + 3] != b[i:i + 3] for a, b in zip(one[3], two[3]) if a != b for i in range(0, len(a), one[2]))
    if what == "same" and differ or what == "differ" and 100 * differ / total < float(arguments[2]):
        print(f"{arguments[0]}, {arguments[1]}: {100 * differ / total:.2f} % of the pixels differ")
        sys.exit(1)


main()
