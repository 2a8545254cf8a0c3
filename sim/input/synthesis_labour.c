// SPDX-License-Identifier: GPL-3.0-or-later
// Labour statuses and education of each zone, sex and age in whole numbers. ODD tags S-IPF-1, S-LABOUR-1.
//
// The labour force is the schedule of participation, its odds scaled so that the zone's labour force is met. Education is fitted over age x
// status for each kind of zone and range of ages of the table (a level that ends later than an age has little weight there, students have
// not reached the highest), and is then dealt out in whole numbers whose rounding is carried from cell to cell.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/memory.h>
#include <string.h>

enum {
    STATUSES = QON_SYNTH_STATUSES,
    WORKING = QON_SYNTH_WORKING,
    AGES = QON_SYNTH_WORKING_AGES,
    CELLS = 2 * AGES, // of working age
    ROUNDS = 300,
};
enum { STUDENT = QON_STUDENT - 1, EMPLOYED = QON_EMPLOYED - 1, SELF = QON_SELF_EMPLOYED - 1, UNEMPLOYED = QON_UNEMPLOYED - 1 };
static const double RARE = 1e-3;     // what is owed to a level is not paid where the level is rarer (below 1 / 255, so one is left)
static const double UNLIKELY = 1e-6; // seed of what should not be but may be needed to meet a margin

static struct qon_place place_of(const char *path) {
    return (struct qon_place){.path = path};
}

static int cell_of(int working) { // index of a working-age cell among all cells
    return working / AGES * QON_AGES + WORKING + working % AGES;
}

struct statuses {
    double free[CELLS];    // persons without foreign ones
    double student[CELLS]; // share
    double force[CELLS];   // labour force, persons
    int64_t count[CELLS][STATUSES];
};

// Share of cell i in the labour force when the odds of the schedule are multiplied by `odds`; students are not in it.
static double force_share(const struct qon_synth *s, const struct statuses *st, int i, double odds) {
    double out = 1.0 - st->student[i];
    double share = out > 0 ? fmin(s->participation[cell_of(i)] / out, 1.0) : 0.0;
    return share >= 1.0 ? out : out * share * odds / (1.0 - share + share * odds);
}

static double force_sum(const struct qon_synth *s, struct statuses *st, double odds) {
    double sum = 0;
    for (int i = 0; i < CELLS; i++) {
        st->force[i] = st->free[i] * force_share(s, st, i, odds);
        sum += st->force[i];
    }
    return sum;
}

// Solves for the odds by bisection; the sum rises with them. false when even the largest do not reach the target.
static bool force_fit(const struct qon_synth *s, struct statuses *st, double target) {
    double low = -40;
    double high = 40;
    if (force_sum(s, st, qon_exp(high)) < target - 2.0 - 0.005 * target) {
        return false;
    }
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (force_sum(s, st, qon_exp(middle)) < target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (void)force_sum(s, st, qon_exp(high));
    return true;
}

// Whole numbers of `total` in proportion to values, each at most room[i] if values are; what rounding or want of values left over goes to
// the cells that have room.
static void share_out(double *values, int64_t total, const int64_t *room, int64_t *out) {
    double sum = 0;
    int64_t given = 0;
    for (int i = 0; i < CELLS; i++) {
        values[i] = fmin(values[i], (double)room[i]);
        sum += values[i];
    }
    memset(out, 0, CELLS * sizeof *out);
    if (sum > 0) {
        qon_round_total(values, CELLS, total < (int64_t)(sum + 0.5) ? total : (int64_t)(sum + 0.5), out);
    }
    for (int i = 0; i < CELLS; i++) {
        out[i] = out[i] < room[i] ? out[i] : room[i];
        given += out[i];
    }
    for (int i = 0; i < CELLS && given < total; i++) {
        int64_t more = room[i] - out[i] < total - given ? room[i] - out[i] : total - given;
        out[i] += more;
        given += more;
    }
}

// Totals of the zone: the labour force, and in it the unemployed, the self-employed and the employed; foreign ones included.
static enum qon_status totals_plan(struct qon_synth *s, int32_t z, double residents) {
    const struct qon_table_zones *t = &s->tables->zones;
    struct qon_synth_zone *zone = &s->zone[z];
    int64_t force = (int64_t)(t->participation_share[z] * residents + 0.5);
    int64_t unemployed = (int64_t)(t->unemployment_share[z] * (double)force + 0.5);
    int64_t self = (int64_t)(t->self_employed_share[z] * (double)(force - unemployed) + 0.5);
    zone->status[QON_UNEMPLOYED] = unemployed;
    zone->status[QON_SELF_EMPLOYED] = self;
    zone->status[QON_EMPLOYED] = force - unemployed - self;
    int64_t permits = zone->foreign - zone->stock[QON_UNREGISTERED];
    if (zone->stock[QON_UNREGISTERED] > self || permits > zone->status[QON_EMPLOYED]) {
        return qon_fault_add(
            s->faults, place_of("external.stocks: persons"),
            "zone %s has %lld employees and %lld self-employed, fewer than its %lld holders of permits or %lld unregistered workers",
            t->id[z], (long long)zone->status[QON_EMPLOYED], (long long)self, (long long)permits, (long long)zone->stock[QON_UNREGISTERED]);
    }
    return QON_OK;
}

// Splits the labour force of every cell; `force` is its size in whole numbers.
static void force_split(const struct qon_synth_zone *zone, struct statuses *st, const int64_t *force) {
    int64_t room[CELLS];
    int64_t out[CELLS];
    double values[CELLS];
    const struct {
        int status;
        int64_t total;
    } parts[] = {{UNEMPLOYED, zone->status[QON_UNEMPLOYED]}, {SELF, zone->status[QON_SELF_EMPLOYED] - zone->stock[QON_UNREGISTERED]}};
    memcpy(room, force, sizeof room);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        double left = 0;
        for (int i = 0; i < CELLS; i++) {
            left += (double)room[i];
        }
        for (int i = 0; i < CELLS; i++) {
            values[i] = left > 0 ? (double)room[i] * (double)parts[k].total / left : 0.0;
        }
        share_out(values, parts[k].total, room, out);
        for (int i = 0; i < CELLS; i++) {
            st->count[i][parts[k].status] = out[i];
            room[i] -= out[i];
        }
    }
    for (int i = 0; i < CELLS; i++) {
        st->count[i][EMPLOYED] = room[i];
    }
}

// Those outside the labour force: students, pensioners from the pension age on, others.
static void rest_split(const struct qon_synth *s, struct statuses *st, const int64_t *room) {
    const double pension[2] = {s->scenario->settings.demography.retirement_men_years,
                               s->scenario->settings.demography.retirement_women_years};
    int64_t out[CELLS];
    double values[CELLS];
    double sum = 0;
    for (int i = 0; i < CELLS; i++) {
        values[i] = fmin(st->free[i] * st->student[i], (double)room[i]);
        sum += values[i];
    }
    share_out(values, (int64_t)(sum + 0.5), room, out);
    for (int i = 0; i < CELLS; i++) {
        int age = WORKING + i % AGES;
        bool school = age < s->scenario->settings.demography.school_end_years;
        st->count[i][STUDENT] = school ? room[i] : out[i];
        st->count[i][age >= pension[i / AGES] ? QON_RETIRED - 1 : QON_INACTIVE - 1] = room[i] - st->count[i][STUDENT];
    }
}

static enum qon_status statuses_count(struct qon_synth *s, int32_t z, struct statuses *st) {
    struct qon_synth_zone *zone = &s->zone[z];
    enum qon_status status = QON_OK;
    int64_t room[CELLS];
    int64_t force[CELLS];
    double residents = 0;
    memset(st, 0, sizeof *st);
    for (int i = 0; i < CELLS; i++) {
        const struct qon_synth_cell *cell = &zone->cell[cell_of(i)];
        residents += cell->persons;
        room[i] = (int64_t)cell->persons - cell->foreign;
        st->free[i] = (double)room[i];
        bool school = WORKING + i % AGES < s->scenario->settings.demography.school_end_years;
        st->student[i] = school ? 0.0 : s->student[cell_of(i)];
    }
    QON_TRY(totals_plan(s, z, residents));
    int64_t target = zone->status[QON_EMPLOYED] + zone->status[QON_SELF_EMPLOYED] + zone->status[QON_UNEMPLOYED] - zone->foreign;
    if (!force_fit(s, st, (double)target)) {
        status = qon_fault_add(s->faults, place_of("geography.zones: participation_share"),
                               "zone %s needs a labour force of %lld residents; the schedules of participation and study allow %.0f",
                               s->tables->zones.id[z], (long long)target, force_sum(s, st, qon_exp(40.0)));
        goto done;
    }
    share_out(st->force, target, room, force);
    force_split(zone, st, force);
    for (int i = 0; i < CELLS; i++) {
        room[i] -= force[i];
    }
    rest_split(s, st, room);
done:
    return status;
}

// The table's share of an education at an age; *from, *to: the range it is given for. Negative when no row covers it.
static double education_share(const struct qon_synth *s, int32_t kind, int age, int32_t education, int *from, int *to) {
    const struct qon_table_education_shares *t = &s->tables->education_shares;
    for (int64_t i = 0; i < t->rows; i++) {
        if (age >= t->age_from[i] && age <= t->age_to[i] && t->education[i] == education && strcmp(t->kind[i], s->kind_name[kind]) == 0) {
            *from = (int)t->age_from[i];
            *to = (int)t->age_to[i];
            return t->share[i];
        }
    }
    return -1.0;
}

static double education_seed(const struct qon_synth *s, int age, int status, int32_t education) {
    double ends = s->tables->educations.end_years[education];
    bool highest = education == s->educations - 1;
    return (age < ends && education > 0) || (status == STUDENT && highest && s->educations > 1) ? UNLIKELY : 1.0;
}

// Fits age x status x education over the ages of one range; writes the probability of an education given age and status.
static enum qon_status range_fit(struct qon_synth *s, int32_t kind, int from, int to, const double *persons, double *array) {
    int32_t ages = to - from + 1;
    double margin[UINT8_MAX] = {0};
    double share_sum = 0;
    double total = 0;
    for (int i = 0; i < ages * STATUSES; i++) {
        total += persons[(from - WORKING) * STATUSES + i];
    }
    for (int32_t e = 0; e < s->educations; e++) {
        int first;
        int last;
        double share = education_share(s, kind, from, e, &first, &last);
        margin[e] = fmax(share, 0.0);
        share_sum += margin[e];
    }
    if (share_sum < 0.98 || share_sum > 1.02) {
        return qon_fault_add(s->faults, place_of("population.education_shares: share"),
                             "the shares of %s at age %d add up to %.4f; 1 was expected", s->kind_name[kind], from, share_sum);
    }
    for (int32_t e = 0; e < s->educations; e++) {
        margin[e] *= total / share_sum;
    }
    for (int i = 0; i < ages * STATUSES; i++) {
        for (int32_t e = 0; e < s->educations; e++) {
            double seed = margin[e] > 0 || total <= 0 ? education_seed(s, from + i / STATUSES, i % STATUSES, e) : 0.0;
            array[i * s->educations + e] = seed * fmax(persons[(from - WORKING) * STATUSES + i], total > 0 ? 1e-9 : 1.0);
        }
    }
    int32_t shape[3] = {ages, STATUSES, s->educations};
    uint32_t axes[2] = {1U << 0 | 1U << 1, 1U << 2};
    double *given = s->education_given + ((int64_t)kind * AGES + from - WORKING) * STATUSES * s->educations;
    double cells[AGES * STATUSES];
    for (int i = 0; i < ages * STATUSES; i++) {
        cells[i] = fmax(persons[(from - WORKING) * STATUSES + i], 1e-9);
    }
    double *margins[2] = {cells, margin};
    if (total > 0) {
        (void)qon_ipf(array, 3, shape, 2, axes, margins, 1e-7, ROUNDS);
    }
    for (int i = 0; i < ages * STATUSES; i++) {
        double sum = 0;
        for (int32_t e = 0; e < s->educations; e++) {
            sum += array[i * s->educations + e];
        }
        for (int32_t e = 0; e < s->educations; e++) {
            given[i * s->educations + e] = sum > 0 ? array[i * s->educations + e] / sum : e == 0;
        }
    }
    return QON_OK;
}

// All ranges of one kind. Pupils have the first level. Neighbouring ages whose first row is the same make a range.
static enum qon_status kind_fit(struct qon_synth *s, int32_t kind, const double *persons, double *array) {
    int school_end = (int)ceil(s->scenario->settings.demography.school_end_years);
    int first_age = school_end > WORKING ? school_end : WORKING;
    enum qon_status status = QON_OK;
    double *given = s->education_given + (int64_t)kind * AGES * STATUSES * s->educations;
    for (int i = 0; i < (first_age - WORKING) * STATUSES; i++) {
        given[i * s->educations] = 1.0;
    }
    for (int age = first_age; age < QON_AGES;) {
        int from = -1;
        int to = -1;
        for (int32_t e = 0; e < s->educations && from < 0; e++) {
            (void)education_share(s, kind, age, e, &from, &to);
        }
        if (from < 0) {
            return qon_fault_add(s->faults, place_of("population.education_shares"), "there is no row for %s at age %d", s->kind_name[kind],
                                 age);
        }
        to = to < QON_AGES - 1 ? to : QON_AGES - 1;
        QON_TRY(range_fit(s, kind, age, to, persons, array));
        age = to + 1;
    }
done:
    return status;
}

// Whole numbers of each education for `count` persons; carry[] keeps what rounding owes.
static void educations_deal(const struct qon_synth *s, int64_t count, const double *given, double *carry, int64_t *out) {
    double want[UINT8_MAX];
    int64_t left = count;
    for (int32_t e = 0; e < s->educations; e++) {
        want[e] = (double)count * given[e] + carry[e];
        out[e] = want[e] > 0 && given[e] > RARE ? (int64_t)want[e] : 0;
        left -= out[e];
    }
    while (left != 0) {
        int step = left > 0 ? 1 : -1;
        int32_t best = -1;
        for (int32_t e = 0; e < s->educations; e++) {
            double owed = step * (want[e] - (double)out[e]);
            bool can = step > 0 ? given[e] > RARE : out[e] > 0;
            if (can && (best < 0 || owed > step * (want[best] - (double)out[best]))) {
                best = e;
            }
        }
        QON_REQUIRE(best >= 0);
        out[best] += step;
        left -= step;
    }
    for (int32_t e = 0; e < s->educations; e++) {
        carry[e] = want[e] - (double)out[e];
    }
}

// Cumulative whole numbers of a zone, and ranks of the employed of a skill.
static enum qon_status joint_make(struct qon_synth *s, struct qon_synth_zone *zone, int64_t *skilled, const struct statuses *st,
                                  double *carry) {
    enum qon_status status = QON_OK;
    int32_t combinations = STATUSES * s->educations;
    int64_t out[UINT8_MAX];
    QON_TRY(qon_take(&zone->joint, (size_t)CELLS * (size_t)combinations, sizeof *zone->joint));
    QON_TRY(qon_take(&zone->employed, (size_t)CELLS * (size_t)s->educations, sizeof *zone->employed));
    for (int i = 0; i < CELLS; i++) {
        uint32_t sum = 0;
        for (int l = 0; l < STATUSES; l++) {
            const double *given = s->education_given + (((int64_t)zone->kind * AGES + i % AGES) * STATUSES + l) * s->educations;
            educations_deal(s, st->count[i][l], given, carry, out);
            for (int32_t e = 0; e < s->educations; e++) {
                sum += (uint32_t)out[e];
                zone->joint[i * combinations + l * s->educations + e] = sum;
                if (l == EMPLOYED) {
                    int64_t *rank = &skilled[s->tables->educations.skill[e]];
                    zone->employed[i * s->educations + e] = (uint32_t)*rank;
                    *rank += out[e];
                }
            }
        }
        QON_REQUIRE(sum == zone->cell[cell_of(i)].persons - zone->cell[cell_of(i)].foreign);
    }
done:
    return status;
}

// Adds the residents of a zone to the persons by age and status of its kind; foreign ones work.
static void kind_add(const struct qon_synth_zone *zone, const struct statuses *st, double *persons) {
    double unregistered = zone->foreign > 0 ? (double)zone->stock[QON_UNREGISTERED] / (double)zone->foreign : 0.0;
    for (int i = 0; i < CELLS; i++) {
        double *to = persons + (int64_t)(i % AGES) * STATUSES;
        double foreign = zone->cell[cell_of(i)].foreign;
        for (int l = 0; l < STATUSES; l++) {
            to[l] += (double)st->count[i][l];
        }
        to[EMPLOYED] += foreign * (1.0 - unregistered);
        to[SELF] += foreign * unregistered;
    }
}

enum qon_status qon_synth_labour(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    struct statuses *st = NULL;
    double *persons = NULL;
    double *array = NULL;
    double *carry = NULL;
    size_t per_kind = (size_t)AGES * STATUSES;
    QON_TRY(qon_take(&st, (size_t)s->zones, sizeof *st));
    QON_TRY(qon_take(&persons, (size_t)s->kinds * per_kind, sizeof *persons));
    QON_TRY(qon_take(&array, per_kind * (size_t)s->educations, sizeof *array));
    QON_TRY(qon_take(&carry, (size_t)s->kinds * (size_t)s->educations, sizeof *carry));
    QON_TRY(qon_take(&s->education_given, (size_t)s->kinds * per_kind * (size_t)s->educations, sizeof *s->education_given));
    QON_TRY(qon_take(&s->skilled, (size_t)s->zones * (size_t)s->skills, sizeof *s->skilled));
    for (int32_t z = 0; z < s->zones; z++) {
        QON_TRY(statuses_count(s, z, &st[z]));
        kind_add(&s->zone[z], &st[z], persons + (size_t)s->zone[z].kind * per_kind);
    }
    for (int32_t kind = 0; kind < s->kinds; kind++) {
        QON_TRY(kind_fit(s, kind, persons + (size_t)kind * per_kind, array));
    }
    for (int32_t z = 0; z < s->zones; z++) {
        struct qon_synth_zone *zone = &s->zone[z];
        QON_TRY(joint_make(s, zone, s->skilled + (int64_t)z * s->skills, &st[z], carry + (int64_t)zone->kind * s->educations));
    }
done:
    qon_free(st);
    qon_free(persons);
    qon_free(array);
    qon_free(carry);
    return status;
}
