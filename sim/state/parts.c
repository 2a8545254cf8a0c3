// SPDX-License-Identifier: GPL-3.0-or-later
// The state beside the agents' columns as a list of named arrays. A new array gets its line here.
#include "tally.h"

#include <string.h>

const void *qon_part_read(const struct qon_world *world, const struct qon_part *part) {
    const void *place = (const char *)world + part->offset;
    if (!part->alone) {
        memcpy(&place, place, sizeof place);
    }
    return place;
}

void *qon_part_write(struct qon_world *world, const struct qon_part *part) {
    void *place = (char *)world + part->offset;
    if (!part->alone) {
        memcpy(&place, place, sizeof place);
    }
    return place;
}

static struct qon_part part_make(const char *group, const char *name, const char *type, size_t size, int64_t count, size_t offset) {
    struct qon_part part = {.type = type, .size = size, .count = count, .offset = offset};
    (void)snprintf(part.name, sizeof part.name, "%s%s%s", group, group[0] == '\0' ? "" : ".", name);
    return part;
}

int qon_world_parts(const struct qon_world *world, struct qon_part parts[QON_PARTS_MOST]) {
    int64_t zones = world->zones;
    int64_t cells = world->cells;
    struct qon_tally_part tally[QON_TALLY_PARTS];
    int n = 0;
#define ALONE(group, path, name, type)                                                                 \
    parts[n] = part_make(group, #name, #type, sizeof(type), 1, offsetof(struct qon_world, path name)); \
    parts[n++].alone = true;
#define ARRAY(group, name, type, count) \
    parts[n++] = part_make(#group, #name, #type, sizeof(type), (count), offsetof(struct qon_world, group.name));
    ALONE("", , month, int32_t)
    ALONE("", , months_done, int32_t)
    ALONE("", , persons_start, int64_t)
    ALONE("money", money., savings, int64_t)
    ALONE("money", money., savings_start, int64_t)
    ALONE("money", money., saved, int64_t)
    ALONE("money", money., brought, int64_t)
    ALONE("money", money., moving, int64_t)
    ALONE("money", money., taken, int64_t)
    ALONE("money", money., granted, int64_t)
    ALONE("money", money., clawed, int64_t)
    ALONE("anchors", anchors., made, int32_t)
#define ANCHOR(name, unit, meaning) ARRAY(anchors, name, double, zones)
#include <qonys/anchors.def>
#undef ANCHOR
    qon_tally_parts(world, tally);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        parts[n] = part_make("tally", tally[i].name, "int64_t", sizeof(int64_t), tally[i].count,
                             offsetof(struct qon_world, tally) + tally[i].offset);
        parts[n++].stock = tally[i].stock;
    }
    ARRAY(places, wage_tiyn, double, cells)
    ARRAY(places, rent_tiyn, double, zones)
    ARRAY(places, households_log, double, zones)
    ARRAY(places, network, double, zones *zones)
    ARRAY(places, vacancies, int64_t, cells)
    ARRAY(places, hires, int64_t, cells)
    ARRAY(places, tightness_start, double, cells)
    ARRAY(ledger, employer_tiyn, int64_t, zones)
    int64_t programmes = world->scenario != NULL ? world->scenario->programmes.count : 0;
    int64_t measures = programmes * world->regions * QON_MEASURES;
    int apart = n;
    ARRAY(ledger, month, int64_t, measures)
    ARRAY(ledger, total, int64_t, measures)
    ARRAY(ledger, quota_left, int64_t, world->ledger.quotas)
    ARRAY(ledger, budget_left, int64_t, world->ledger.budgets)
    ARRAY(ledger, grants, int64_t, programmes)
    ARRAY(ledger, other_tiyn, int64_t, programmes)
    ARRAY(ledger, since, int32_t, programmes)
    ARRAY(ledger, exhausted, int32_t, programmes)
    ARRAY(ledger, aware, double, programmes *zones)
    ARRAY(ledger, heard, int64_t, programmes * zones)
    for (; apart < n; apart++) {
        parts[apart].apart = true;
    }
#undef ALONE
#undef ARRAY
    QON_REQUIRE(n <= QON_PARTS_MOST);
    return n;
}
