// SPDX-License-Identifier: GPL-3.0-or-later
// How many persons of each sex and age live in each zone, and how many of them came from abroad. ODD tags S-IPF-1,
// S-FOREIGN-1.
//
// Ages are fitted region by region to the zones' men and women and to the region's age groups; within a group the national pyramid holds.
// Whole numbers are made from the coarse to the fine (zones, groups, ages), so that coarse totals stay within one person.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/memory.h>
#include <string.h>

enum { ROUNDS = 500, SOUGHT_YOUNGEST = 20, SOUGHT_OLDEST = 54, PARENT_AGE = 30 };
static const double FIT_LEFT_MOST = 0.002; // of a region's persons: more means that the tables contradict one another
static const double FOREIGN_MEN = 4.0;     // assumption: men to women among workers from abroad

static struct qon_place place_of(const char *path) {
    return (struct qon_place){.path = path};
}

// Divides the counts of the table by the scale; the sum of men and women over zones is rounded once.
enum qon_status qon_synth_zones(struct qon_synth *s) {
    const struct qon_table_zones *t = &s->tables->zones;
    enum qon_status status = QON_OK;
    double *values = NULL;
    int64_t *counts = NULL;
    double sum = 0;
    int64_t founders = 0;
    QON_TRY(qon_take(&values, 2 * (size_t)t->rows, sizeof *values));
    QON_TRY(qon_take(&counts, 2 * (size_t)t->rows, sizeof *counts));
    for (int64_t z = 0; z < t->rows; z++) {
        if (t->men[z] > t->persons[z]) {
            status = qon_fault_add(s->faults, place_of("geography.zones: men"), "zone %s has %lld men among %lld persons", t->id[z],
                                   (long long)t->men[z], (long long)t->persons[z]);
            goto done;
        }
        values[2 * z] = (double)t->men[z] / s->scenario->scale;
        values[2 * z + 1] = (double)(t->persons[z] - t->men[z]) / s->scenario->scale;
        sum += values[2 * z] + values[2 * z + 1];
    }
    if (sum < 0.5 || sum > 4e9) {
        status = qon_fault_add(s->faults, place_of("geography.zones: persons"),
                               "the zones have %.0f agents at scale %d; 1 to 4000000000 are possible", sum, s->scenario->scale);
        goto done;
    }
    qon_round_total(values, 2 * t->rows, (int64_t)(sum + 0.5), counts);
    for (int64_t z = 0; z < t->rows; z++) {
        s->zone[z].of_sex[0] = counts[2 * z];
        s->zone[z].of_sex[1] = counts[2 * z + 1];
        s->zone[z].persons = counts[2 * z] + counts[2 * z + 1];
        founders += s->zone[z].persons;
    }
    s->blocks = (uint32_t)((founders + QON_BLOCK_PERSONS - 1) / QON_BLOCK_PERSONS);
done:
    qon_free(values);
    qon_free(counts);
    return status;
}

// Age groups of a region: group of each cell and its share; the last group takes the ages that no row covers.
struct groups {
    int32_t count;
    int32_t of[QON_SYNTH_CELLS];
    double share[QON_SYNTH_CELLS + 1];
    double seed[2][QON_SYNTH_CELLS + 1];
};

static enum qon_status groups_read(const struct qon_synth *s, int32_t region, struct groups *g) {
    const struct qon_table_age_groups *t = &s->tables->age_groups;
    double sum = 0;
    double rest_seed = 0;
    memset(g, 0, sizeof *g);
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        g->of[c] = -1;
    }
    for (int64_t i = 0; i < t->rows; i++) {
        if (t->region[i] != region) {
            continue;
        }
        if (g->count == QON_SYNTH_CELLS) {
            return qon_fault_add(s->faults, place_of("population.age_groups"), "region %s has more groups than ages",
                                 s->tables->regions.id[region]);
        }
        for (int c = 0; c < QON_SYNTH_CELLS; c++) {
            int64_t age = c % QON_AGES;
            bool inside = c < QON_AGES ? age >= t->men_from[i] && age <= t->men_to[i] : age >= t->women_from[i] && age <= t->women_to[i];
            if (inside && g->of[c] < 0) {
                g->of[c] = g->count;
            }
        }
        g->share[g->count++] = t->share[i];
        sum += t->share[i];
    }
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        if (g->of[c] < 0) {
            g->of[c] = g->count;
            rest_seed += s->pyramid[c];
        }
        g->seed[c / QON_AGES][g->of[c]] += s->pyramid[c];
    }
    if (sum > 1.02 || (g->count > 0 && rest_seed <= 0 && sum < 0.98)) {
        return qon_fault_add(s->faults, place_of("population.age_groups: share"), "the groups of region %s add up to %.4f; 1 was expected",
                             s->tables->regions.id[region], sum);
    }
    if (rest_seed > 0) {
        g->share[g->count++] = fmax(0.0, 1.0 - sum);
    }
    return QON_OK;
}

// Whole numbers of one zone and sex: groups first, then ages within each.
static void ages_round(struct qon_synth *s, struct qon_synth_zone *zone, int sex, const struct groups *g, const double *fitted) {
    int64_t of_group[QON_SYNTH_CELLS + 1];
    int64_t of_age[QON_AGES];
    double seed[QON_AGES];
    qon_round_total(fitted, g->count, zone->of_sex[sex], of_group);
    for (int32_t group = 0; group < g->count; group++) {
        if (of_group[group] == 0) {
            continue;
        }
        for (int age = 0; age < QON_AGES; age++) {
            int c = sex * QON_AGES + age;
            seed[age] = g->of[c] == group ? s->pyramid[c] : 0.0;
        }
        qon_round_total(seed, QON_AGES, of_group[group], of_age);
        for (int age = 0; age < QON_AGES; age++) {
            zone->cell[sex * QON_AGES + age].persons += (uint32_t)of_age[age];
        }
    }
}

// Fits zone x sex x group of one region. `array` and the margins are scratch for the zones of the region.
static enum qon_status region_fit(struct qon_synth *s, int32_t region, const int32_t *zones, int32_t count, double *array, double *of_sex) {
    struct groups g;
    enum qon_status status = groups_read(s, region, &g);
    double of_group[QON_SYNTH_CELLS + 1];
    double total = 0;
    if (status != QON_OK) {
        return status;
    }
    for (int32_t i = 0; i < count; i++) {
        for (int sex = 0; sex < 2; sex++) {
            double seed = 0;
            of_sex[2 * i + sex] = (double)s->zone[zones[i]].of_sex[sex];
            total += of_sex[2 * i + sex];
            for (int32_t group = 0; group < g.count; group++) {
                array[(2 * i + sex) * g.count + group] = g.seed[sex][group];
                seed += g.seed[sex][group];
            }
            if (seed <= 0 && of_sex[2 * i + sex] > 0) {
                return qon_fault_add(s->faults, place_of("population.schedules: population_share"), "no age of the sex %s has a share",
                                     sex == 0 ? "m" : "f");
            }
        }
    }
    double shares = 0;
    for (int32_t group = 0; group < g.count; group++) {
        shares += g.share[group];
    }
    for (int32_t group = 0; group < g.count; group++) {
        of_group[group] = total * g.share[group] / shares;
    }
    int32_t shape[3] = {count, 2, g.count};
    uint32_t axes[2] = {1U << 2, 1U << 0 | 1U << 1}; // zones and sexes last: they hold exactly
    double *margins[2] = {of_group, of_sex};
    double left = total > 0 ? qon_ipf(array, 3, shape, 2, axes, margins, 1e-10, ROUNDS) : 0;
    if (left > FIT_LEFT_MOST) {
        return qon_fault_add(s->faults, place_of("population.age_groups"),
                             "the age groups of region %s do not fit its men and women (%.2f %% are left over)",
                             s->tables->regions.id[region], 100 * left);
    }
    for (int32_t i = 0; i < count; i++) {
        for (int sex = 0; sex < 2; sex++) {
            ages_round(s, &s->zone[zones[i]], sex, &g, array + (2 * i + sex) * g.count);
        }
    }
    return QON_OK;
}

// A zone of few agents may have got children only by rounding; one of them is made an adult, as somebody must head the household.
static void adult_ensure(struct qon_synth *s, struct qon_synth_zone *zone) {
    int most = -1;
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        if (c % QON_AGES >= QON_SYNTH_ADULT && zone->cell[c].persons > 0) {
            return;
        }
        if (zone->cell[c].persons > 0 && (most < 0 || zone->cell[c].persons > zone->cell[most].persons)) {
            most = c;
        }
    }
    if (most >= 0 && s->pyramid[most / QON_AGES * QON_AGES + PARENT_AGE] > 0) {
        zone->cell[most].persons--;
        zone->cell[most / QON_AGES * QON_AGES + PARENT_AGE].persons++;
    }
}

static enum qon_status ages_count(struct qon_synth *s) {
    const int32_t *region_of = s->tables->zones.region;
    enum qon_status status = QON_OK;
    int32_t *zones = NULL;
    double *array = NULL;
    double *of_sex = NULL;
    QON_TRY(qon_take(&zones, (size_t)s->zones, sizeof *zones));
    QON_TRY(qon_take(&of_sex, 2 * (size_t)s->zones, sizeof *of_sex));
    QON_TRY(qon_take(&array, 2 * (size_t)s->zones * (QON_SYNTH_CELLS + 1), sizeof *array));
    for (int32_t region = 0; region < s->tables->regions.rows; region++) {
        int32_t count = 0;
        for (int32_t z = 0; z < s->zones; z++) {
            if (region_of[z] == region) {
                zones[count++] = z;
            }
        }
        if (count > 0) {
            QON_TRY(region_fit(s, region, zones, count, array, of_sex));
        }
    }
    for (int32_t z = 0; z < s->zones; z++) {
        adult_ensure(s, &s->zone[z]);
    }
done:
    qon_free(zones);
    qon_free(of_sex);
    qon_free(array);
    return status;
}

// How many portions a zone is dealt into, in which blocks, and who gets what is left after equal shares.
static void portions_plan(struct qon_synth *s) {
    uint64_t next_block = 0;
    for (int32_t z = 0; z < s->zones; z++) {
        struct qon_synth_zone *zone = &s->zone[z];
        int64_t portions = zone->persons / QON_SYNTH_PORTION_LEAST;
        portions = portions < 1 ? zone->persons > 0 : portions;
        zone->portions = portions < s->blocks ? (uint32_t)portions : s->blocks;
        zone->first_block = (uint32_t)(next_block % s->blocks);
        next_block += zone->portions;
        uint32_t start = 0;
        for (int c = 0; c < QON_SYNTH_CELLS && zone->portions > 0; c++) {
            zone->cell[c].start = start;
            start = (start + zone->cell[c].persons % zone->portions) % zone->portions;
        }
    }
}

static const char *const LEGAL_NAMES[QON_LEGALS] = {"citizen",  "kandas",   "permit_1", "permit_2",    "permit_3",
                                                    "permit_4", "seasonal", "eaeu",     "unregistered"};

// Shares a region's stock of one legal status among its zones by their persons.
static enum qon_status stock_share(struct qon_synth *s, int legal, int32_t region, int64_t persons, double *weights, int64_t *shares) {
    double sum = 0;
    for (int32_t z = 0; z < s->zones; z++) {
        weights[z] = s->tables->zones.region[z] == region ? (double)s->zone[z].persons : 0.0;
        sum += weights[z];
    }
    if (persons > (int64_t)sum) {
        return qon_fault_add(s->faults, place_of("external.stocks: persons"),
                             "region %s has %.0f residents, fewer than %lld with the legal status %s", s->tables->regions.id[region], sum,
                             (long long)persons, LEGAL_NAMES[legal]);
    }
    if (persons > 0) {
        for (int32_t z = 0; z < s->zones; z++) {
            weights[z] *= (double)persons / sum;
        }
        qon_round_total(weights, s->zones, persons, shares);
        for (int32_t z = 0; z < s->zones; z++) {
            s->zone[z].stock[legal] += shares[z];
        }
    }
    return QON_OK;
}

static enum qon_status legal_check(const struct qon_synth *s, const char *name) {
    for (int legal = QON_KANDAS; legal < QON_LEGALS; legal++) {
        if (strcmp(name, LEGAL_NAMES[legal]) == 0) {
            return QON_OK;
        }
    }
    const char *nearest = qon_name_nearest(name, LEGAL_NAMES + QON_KANDAS, QON_LEGALS - QON_KANDAS);
    return qon_fault_add(s->faults, place_of("external.stocks: legal"),
                         "\"%s\" is not a legal status of those from abroad; did you mean \"%s\"?", name,
                         nearest == NULL ? LEGAL_NAMES[QON_KANDAS] : nearest);
}

static enum qon_status stocks_count(struct qon_synth *s) {
    const struct qon_table_external_stocks *t = &s->tables->external_stocks;
    enum qon_status status = QON_OK;
    double *values = NULL;
    double *weights = NULL;
    int64_t *counts = NULL;
    int64_t *shares = NULL;
    QON_TRY(qon_take(&values, (size_t)t->rows + 1, sizeof *values));
    QON_TRY(qon_take(&counts, (size_t)t->rows + 1, sizeof *counts));
    QON_TRY(qon_take(&weights, (size_t)s->zones, sizeof *weights));
    QON_TRY(qon_take(&shares, (size_t)s->zones, sizeof *shares));
    for (int64_t i = 0; i < t->rows; i++) {
        QON_TRY(legal_check(s, t->legal[i]));
    }
    for (int legal = QON_KANDAS; legal < QON_LEGALS; legal++) {
        double sum = 0;
        for (int64_t i = 0; i < t->rows; i++) {
            values[i] = strcmp(t->legal[i], LEGAL_NAMES[legal]) == 0 ? (double)t->persons[i] / s->scenario->scale : 0.0;
            sum += values[i];
        }
        qon_round_total(values, t->rows, (int64_t)(sum + 0.5), counts);
        for (int64_t i = 0; i < t->rows; i++) {
            QON_TRY(stock_share(s, legal, t->region[i], counts[i], weights, shares));
        }
    }
done:
    qon_free(values);
    qon_free(counts);
    qon_free(weights);
    qon_free(shares);
    return status;
}

// Spreads `foreign` persons over the cells of working age between two ages; false when they do not fit.
static bool foreign_spread(struct qon_synth_zone *zone, double men_weight, int youngest, int oldest) {
    double values[QON_SYNTH_CELLS];
    int64_t counts[QON_SYNTH_CELLS];
    double sum = 0;
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        bool sought = c % QON_AGES >= youngest && c % QON_AGES <= oldest;
        values[c] = sought ? zone->cell[c].persons * (c < QON_AGES ? men_weight : 1.0) : 0.0;
        sum += values[c];
    }
    if (sum <= 0 || (double)zone->foreign * men_weight > sum) {
        return false;
    }
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        values[c] *= (double)zone->foreign / sum;
    }
    qon_round_total(values, QON_SYNTH_CELLS, zone->foreign, counts);
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        zone->cell[c].foreign = (uint32_t)counts[c];
    }
    return true;
}

static enum qon_status foreign_count(struct qon_synth *s) {
    for (int32_t z = 0; z < s->zones; z++) {
        struct qon_synth_zone *zone = &s->zone[z];
        uint32_t before = 0;
        for (int legal = 0; legal < QON_LEGALS; legal++) {
            zone->foreign += qon_synth_alone(legal) ? zone->stock[legal] : 0;
        }
        if (zone->foreign > 0 && !foreign_spread(zone, FOREIGN_MEN, SOUGHT_YOUNGEST, SOUGHT_OLDEST) &&
            !foreign_spread(zone, 1.0, QON_SYNTH_ADULT, 62)) {
            return qon_fault_add(s->faults, place_of("external.stocks: persons"),
                                 "zone %s has fewer residents of working age than %lld foreign workers", s->tables->zones.id[z],
                                 (long long)zone->foreign);
        }
        for (int c = 0; c < QON_SYNTH_CELLS; c++) {
            zone->foreign_before[c] = before;
            before += zone->cell[c].foreign;
        }
        int64_t room = (zone->persons - zone->foreign) / (zone->portions > 1 ? 2 : 1); // half: portions have not quite equal shares of it
        if (zone->stock[QON_KANDAS] + zone->stock[QON_EAEU] > room) {
            return qon_fault_add(s->faults, place_of("external.stocks: persons"),
                                 "zone %s has too few residents for its stocks from abroad", s->tables->zones.id[z]);
        }
    }
    return QON_OK;
}

// Households from the mean size; each needs an adult.
static enum qon_status households_plan(struct qon_synth *s) {
    for (int32_t z = 0; z < s->zones; z++) {
        struct qon_synth_zone *zone = &s->zone[z];
        int64_t adults = 0;
        for (int c = 0; c < QON_SYNTH_CELLS; c++) {
            adults += c % QON_AGES >= QON_SYNTH_ADULT ? zone->cell[c].persons : 0;
        }
        zone->households = (int64_t)((double)zone->persons / s->tables->zones.household_size_mean[z] + 0.5);
        if (zone->households > adults + adults / 50 + 2) {
            return qon_fault_add(s->faults, place_of("geography.zones: household_size_mean"),
                                 "zone %s would have %lld households with %lld adults", s->tables->zones.id[z], (long long)zone->households,
                                 (long long)adults);
        }
    }
    return QON_OK;
}

enum qon_status qon_synth_margins(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    QON_TRY(ages_count(s));
    portions_plan(s);
    QON_TRY(stocks_count(s));
    QON_TRY(foreign_count(s));
    QON_TRY(households_plan(s));
done:
    return status;
}
