#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relocation bench (include/qonys/bench.h) in numpy: whole columns at a time, as one writes it there."""
import json
import sys
import time

import numpy as np

REGIONS, SKILLS, FRIENDS = 16, 16, 4


def main(persons, months, repeats):
    rng = np.random.default_rng(20170929)
    region_numbers = np.arange(REGIONS)
    weight = 1.0 + region_numbers % 5
    start = rng.choice(REGIONS, size=persons, p=weight / weight.sum()).astype(np.uint8)
    skill = (0.5 + (rng.integers(SKILLS, size=persons) + 0.5) / SKILLS).astype(np.float32)
    friends = rng.integers(persons, size=(persons, FRIENDS), dtype=np.uint32)
    wage_log = np.log((200000 + 20000 * (7 * region_numbers % 16)) / 300000)
    steps = np.abs(region_numbers[:, None] - region_numbers)
    cost = 0.0008 * 300 * np.minimum(steps, REGIONS - steps) + 1.5 * (steps > 0)
    jobs = 0.95 * np.bincount(start, minlength=REGIONS)

    def run():
        region, considered, moves = start.copy(), 0, 0
        for _ in range(months):
            residents = np.bincount(region, minlength=REGIONS)
            unemployment = np.maximum(0, 1 - jobs / np.maximum(residents, 1))
            who = np.flatnonzero(rng.random(persons) < 1 / 60)
            home = region[who]
            v = 2 * skill[who, None] * wage_log - 5 * unemployment - cost[home]
            near = region[friends[who]]
            for k in range(FRIENDS):
                v[np.arange(len(who)), near[:, k]] += 1 / FRIENDS
            choice = np.argmax(v + rng.gumbel(size=v.shape), axis=1).astype(np.uint8)
            considered += len(who)
            moves += int(np.count_nonzero(choice != home))
            region[who] = choice
        return moves / max(considered, 1)

    least = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        moved = run()
        least = min(least, time.process_time() - begin)
    print(json.dumps({"peer": "numpy " + np.__version__, "persons": persons, "months": months,
                      "ns_person_month": round(1e9 * least / (persons * months), 3), "moves_per_consideration": round(moved, 4)}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
