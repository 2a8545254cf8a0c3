// SPDX-License-Identifier: GPL-3.0-or-later
#include "values.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool in_kind(const struct live_country *country, int zone, enum live_kind kind) {
    bool urban = strcmp(country->scenario->tables.zones.kind[zone], "urban") == 0;
    return kind == LIVE_ALL_KINDS || urban == (kind == LIVE_URBAN);
}

static int find(const struct live_country *country, const char *name) {
    for (int i = 0; i < country->indicators; i++) {
        if (strcmp(country->indicator[i].name, name) == 0) {
            return i;
        }
    }
    return country->population;
}

// What a rate or a mean of a zone counts for in that of the region.
static double weight(const struct live_country *country, const double *value, int indicator, int zone) {
    static const struct {
        const char *name, *by;
    } known[] = {
        {"wage_mean", "employed"}, {"unemployment_rate", "labour_force"}, {"rent", "households"}, {"household_size", "households"}};
    if (indicator == country->density) {
        return country->scenario->tables.zones.area_km2[zone];
    }
    int by = country->population;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(country->indicator[indicator].name, known[i].name) == 0) {
            by = find(country, known[i].by);
        }
    }
    return value[(int64_t)by * (country->zones + 1) + zone];
}

static double at_slot(const struct live_country *country, const struct live_store *store, int slot, int indicator, int region,
                      enum live_kind kind) {
    const double *value = store->month[slot].value;
    const double *row = value + (int64_t)indicator * (country->zones + 1);
    if (region == country->regions) {
        return row[country->zones];
    }
    bool additive = country->indicator[indicator].additive;
    double sum = 0;
    double weights = 0;
    for (int z = 0; z < country->zones; z++) {
        if (country->scenario->tables.zones.region[z] != region || !in_kind(country, z, kind) || !isfinite(row[z])) {
            continue;
        }
        double w = additive ? 1 : weight(country, value, indicator, z);
        sum += w * row[z];
        weights += w;
    }
    return weights > 0 ? additive ? sum : sum / weights : (double)NAN;
}

bool live_by_year(const struct live_country *country, int indicator) {
    return country->indicator[indicator].flow && country->indicator[indicator].additive;
}

double live_value(const struct live_country *country, const struct live_store *store, int slot, int indicator, int region,
                  enum live_kind kind, bool year) {
    if (!live_by_year(country, indicator)) {
        return at_slot(country, store, slot, indicator, region, kind);
    }
    if (slot == 0) {
        return (double)NAN; // nothing has been counted yet
    }
    double sum = 0;
    for (int s = year && slot > 12 ? slot - 11 : year ? 1 : slot; s <= slot; s++) {
        sum += at_slot(country, store, s, indicator, region, kind);
    }
    return sum;
}

const char *live_region_name(const struct live_country *country, int region, enum qon_language language) {
    const struct qon_tables *tables = &country->scenario->tables;
    char **names[QON_LANGUAGES] = {
        [QON_EN] = tables->regions.name_en, [QON_KK] = tables->regions.name_kk, [QON_RU] = tables->regions.name_ru};
    return names[language][region];
}

void live_region_short(const struct live_country *country, int region, enum qon_language language, char out[LIVE_NAME_MAX]) {
    const char *name = live_region_name(country, region, language);
    const char *last = strrchr(name, ' ');
    int sharing = 0;
    for (int r = 0; last && r < country->regions; r++) {
        const char *other = strrchr(live_region_name(country, r, language), ' ');
        sharing += other && strcmp(other, last) == 0;
    }
    int length = last && 2 * sharing > country->regions ? (int)(last - name) : (int)strlen(name);
    snprintf(out, LIVE_NAME_MAX, "%.*s", length, name);
}
