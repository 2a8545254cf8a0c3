// SPDX-License-Identifier: GPL-3.0-or-later
// Values of regions from those of zones, for a month of a store.
#ifndef QONYS_LIVE_VALUES_H
#define QONYS_LIVE_VALUES_H

#include "store.h"

enum live_kind { LIVE_ALL_KINDS, LIVE_URBAN, LIVE_RURAL, LIVE_KINDS };

// What the window knows of the country and never changes: borrowed by all drawing.
struct live_country {
    const struct qon_scenario *scenario; // names and zones
    int regions, zones, indicators;
    struct qon_indicator *indicator; // [indicators]
    int population, density;         // indices of indicators
};

// One of one kind of a region (region = country->regions: the country, which has no kind). Counts over a month are summed over the
// twelve months up to the slot when `year`; means and rates are weighted by what they refer to. NAN: nothing known.
double live_value(const struct live_country *country, const struct live_store *store, int slot, int indicator, int region,
                  enum live_kind kind, bool year);
bool live_by_year(const struct live_country *country, int indicator); // is it a count over a month?
// Without the last word that most names share ("Region"), for where room is scarce; out[LIVE_NAME_MAX].
void live_region_short(const struct live_country *country, int region, enum qon_language language, char out[LIVE_NAME_MAX]);
const char *live_region_name(const struct live_country *country, int region, enum qon_language language);

#endif
