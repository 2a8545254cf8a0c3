// SPDX-License-Identifier: GPL-3.0-or-later
// Employers: sizes by zone and sector until their staff is the sector's employees, foreign staff under the caps, and the seats that are
// left. ODD tags S-EMPLOYER-1, S-FOREIGN-1.
//
// A seat's employer is found through a guide: the employer of every sixteenth seat, from which the ends of seats are walked. That is a
// tenth of the memory of a table of seats and as fast.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

enum { GUIDE_SHIFT = 4, WATER_ROUNDS = 50, ROWS_MOST = 0x7fffffff };

static struct qon_place place_of(const char *path) {
    return (struct qon_place){.path = path};
}

// Employees of every zone by sector.
static enum qon_status sectors_count(struct qon_synth *s) {
    const struct qon_table_sector_shares *t = &s->tables->sector_shares;
    enum qon_status status = QON_OK;
    double *values = NULL;
    size_t cells = (size_t)s->zones * (size_t)s->sectors;
    QON_TRY(qon_take(&s->sector_staff, cells, sizeof *s->sector_staff));
    QON_TRY(qon_take(&values, cells, sizeof *values));
    for (int64_t i = 0; i < t->rows; i++) {
        values[(int64_t)t->zone[i] * s->sectors + t->sector[i]] += t->share[i];
    }
    for (int32_t z = 0; z < s->zones; z++) {
        double *shares = values + (int64_t)z * s->sectors;
        double employees = (double)s->zone[z].status[QON_EMPLOYED];
        double sum = 0;
        for (int32_t sector = 0; sector < s->sectors; sector++) {
            sum += shares[sector];
        }
        if (employees > 0 && (sum < 0.98 || sum > 1.02)) {
            status = qon_fault_add(s->faults, place_of("employers.sector_shares: share"),
                                   "the shares of zone %s add up to %.4f; 1 was expected", s->tables->zones.id[z], sum);
            goto done;
        }
        for (int32_t sector = 0; sector < s->sectors && employees > 0; sector++) {
            shares[sector] *= employees / sum;
        }
        if (employees > 0) {
            qon_round_total(shares, s->sectors, s->zone[z].status[QON_EMPLOYED], s->sector_staff + (int64_t)z * s->sectors);
        }
    }
done:
    qon_free(values);
    return status;
}

// Draws sizes from the truncated Pareto distribution until `staff` is used up, the last employer taking what is left. staff_of NULL: only
// counts.
static uint32_t sizes_draw(const struct qon_synth *s, int64_t place, int64_t staff, int32_t *staff_of) {
    double factor = s->tables->sectors.size_factor[place % s->sectors];
    double least = fmax(s->scenario->settings.employers.size_least * factor, 0.5);
    double most = fmax(s->scenario->settings.employers.size_most * factor, least);
    double exponent = s->scenario->settings.employers.size_exponent;
    double cut = 1.0 - qon_pow(least / most, exponent);
    uint64_t key = qon_key(s->scenario->seed, QON_DRAW_SYNTHESIS_EMPLOYER, 0);
    uint32_t count = 0;
    while (staff > 0) {
        double u = qon_draw_unit(key, (uint64_t)place << 32 | count, 0);
        double drawn = least * qon_pow(1.0 - u * cut, -1.0 / exponent);
        int64_t size = drawn < 1.0 ? 1 : (int64_t)(drawn + 0.5);
        size = size < staff ? size : staff;
        if (staff_of != NULL) {
            staff_of[count] = (int32_t)size;
        }
        staff -= size;
        count++;
    }
    return count;
}

static void sectors_size(void *context, int64_t begin, int64_t end, int thread) {
    struct qon_synth *s = context;
    for (int64_t place = begin; place < end; place++) {
        s->sector_first[place + 1] = sizes_draw(s, place, s->sector_staff[place], NULL);
    }
}

static void sectors_fill(void *context, int64_t begin, int64_t end, int thread) {
    struct qon_synth *s = context;
    struct qon_employers *e = &s->world->employers;
    double sd = s->scenario->settings.employers.productivity_sd;
    uint64_t key = qon_key(s->scenario->seed, QON_DRAW_SYNTHESIS_EMPLOYER, 0);
    for (int64_t place = begin; place < end; place++) {
        uint32_t first = s->sector_first[place];
        uint32_t count = sizes_draw(s, place, s->sector_staff[place], e->staff + first);
        for (uint32_t i = 0; i < count; i++) {
            double normal = qon_normal_quantile(qon_draw_unit(key, (uint64_t)place << 32 | i, 1));
            e->desired[first + i] = e->staff[first + i];
            e->staff_start[first + i] = (float)e->staff[first + i];
            e->premium[first + i] = (float)qon_exp(sd * normal - 0.5 * sd * sd);
            e->zone[first + i] = (uint16_t)(place / s->sectors);
            e->sector[first + i] = (uint8_t)(place % s->sectors);
        }
    }
}

// Foreign staff of one group (permits 1 and 2, or 3, 4 and seasonal) in one zone.
struct foreign {
    int64_t persons;
    double cap;         // share of an employer's staff
    int32_t *staff_of;  // column of the employers
    uint32_t *employer; // list to fill, persons long
};

static int64_t places_of(const struct qon_employers *e, const struct foreign *f, uint32_t row) {
    int64_t under_cap = (int64_t)((double)e->staff[row] * f->cap + 1e-9);
    int64_t room = e->staff[row] - e->foreign_12[row] - e->foreign_34[row];
    return under_cap < room ? under_cap : room;
}

// Shares the persons among sectors by places x foreign_factor, none getting more than its places.
static void foreign_share(const struct qon_synth *s, int64_t persons, const int64_t *places, int64_t *out) {
    double values[UINT8_MAX];
    double level = 0; // persons per weighted place
    for (int round = 0; round < WATER_ROUNDS; round++) {
        double room = 0;
        double open = 0;
        for (int32_t k = 0; k < s->sectors; k++) {
            double weight = (double)places[k] * fmax(s->tables->sectors.foreign_factor[k], 1e-6);
            bool full = weight * level >= (double)places[k];
            room += full ? (double)places[k] : 0.0;
            open += full ? 0.0 : weight;
        }
        double next = open > 0 ? ((double)persons - room) / open : level;
        if (next <= level) {
            break;
        }
        level = next;
    }
    for (int32_t k = 0; k < s->sectors; k++) {
        values[k] = fmin((double)places[k] * fmax(s->tables->sectors.foreign_factor[k], 1e-6) * level, (double)places[k]);
    }
    qon_round_total(values, s->sectors, persons, out);
}

// Takes `persons` of a sector's places at equal distances, so that they come from employers of all sizes.
static uint32_t foreign_seat(struct qon_employers *e, struct foreign *f, uint32_t first, uint32_t last, int64_t places, int64_t persons,
                             uint32_t at) {
    int64_t before = 0;
    int64_t taken = 0;
    for (uint32_t row = first; row < last && taken < persons; row++) {
        before += places_of(e, f, row);
        while (taken < persons && (2 * taken + 1) * places / (2 * persons) < before) {
            f->staff_of[row]++;
            f->employer[at++] = row;
            taken++;
        }
    }
    return at;
}

// When small employers leave no place under the caps: seats over the caps, at the employers with the most staff that is not foreign.
static void foreign_overflow(struct qon_employers *e, struct foreign *f, uint32_t first, uint32_t last, uint32_t at) {
    while (at < f->persons) {
        uint32_t best = first;
        for (uint32_t row = first; row < last; row++) {
            if (e->staff[row] - e->foreign_12[row] - e->foreign_34[row] > e->staff[best] - e->foreign_12[best] - e->foreign_34[best]) {
                best = row;
            }
        }
        int32_t room = e->staff[best] - e->foreign_12[best] - e->foreign_34[best];
        QON_REQUIRE(room > 0);
        for (int32_t i = 0; i < (room + 1) / 2 && at < f->persons; i++) {
            f->staff_of[best]++;
            f->employer[at++] = best;
        }
    }
}

static void foreign_place(const struct qon_synth *s, int64_t zone, struct foreign *f) {
    struct qon_employers *e = &s->world->employers;
    const uint32_t *first = s->sector_first + zone * s->sectors;
    int64_t places[UINT8_MAX];
    int64_t shares[UINT8_MAX];
    int64_t all = 0;
    uint32_t at = 0;
    for (int32_t k = 0; k < s->sectors; k++) {
        places[k] = 0;
        for (uint32_t row = first[k]; row < first[k + 1]; row++) {
            places[k] += places_of(e, f, row);
        }
        all += places[k];
    }
    int64_t under = f->persons < all ? f->persons : all;
    if (under > 0) {
        foreign_share(s, under, places, shares);
        for (int32_t k = 0; k < s->sectors; k++) {
            at = foreign_seat(e, f, first[k], first[k + 1], places[k], shares[k], at);
        }
    }
    foreign_overflow(e, f, first[0], first[s->sectors], at);
}

static int64_t foreign_group(const struct qon_synth_zone *zone, int group) {
    return group == 0 ? zone->stock[QON_PERMIT_1] + zone->stock[QON_PERMIT_2]
                      : zone->stock[QON_PERMIT_3] + zone->stock[QON_PERMIT_4] + zone->stock[QON_SEASONAL];
}

// Foreign staff of the zones, then the seats that are left and the guide to them.
static void zones_seat(void *context, int64_t begin, int64_t end, int thread) {
    struct qon_synth *s = context;
    struct qon_employers *e = &s->world->employers;
    double caps[2] = {s->scenario->settings.employers.foreign_share_cap_12, s->scenario->settings.employers.foreign_share_cap_34};
    for (int64_t z = begin; z < end; z++) {
        for (int group = 0; group < 2; group++) {
            struct foreign f = {foreign_group(&s->zone[z], group), caps[group], group == 0 ? e->foreign_12 : e->foreign_34,
                                s->foreign_employer + s->foreign_first[2 * z + group]};
            if (f.persons > 0) {
                foreign_place(s, z, &f);
            }
        }
        for (int64_t place = z * s->sectors; place < (z + 1) * s->sectors; place++) {
            uint32_t *guide = s->guide + s->guide_first[place];
            uint32_t seats = 0;
            uint32_t guided = 0;
            for (uint32_t row = s->sector_first[place]; row < s->sector_first[place + 1]; row++) {
                seats += (uint32_t)(e->staff[row] - e->foreign_12[row] - e->foreign_34[row]);
                s->seat_end[row] = seats;
                for (; guided << GUIDE_SHIFT < seats; guided++) {
                    guide[guided] = row;
                }
            }
            s->sector_seats[place] = seats;
        }
    }
}

enum qon_status qon_synth_employers(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    int64_t places = (int64_t)s->zones * s->sectors;
    uint64_t employers = 0;
    QON_TRY(sectors_count(s));
    QON_TRY(qon_take(&s->sector_first, (size_t)places + 1, sizeof *s->sector_first));
    QON_TRY(qon_take(&s->sector_seats, (size_t)places, sizeof *s->sector_seats));
    QON_TRY(qon_take(&s->guide_first, (size_t)places + 1, sizeof *s->guide_first));
    QON_TRY(qon_take(&s->foreign_first, 2 * (size_t)s->zones + 1, sizeof *s->foreign_first));
    qon_par_for(places, 16, sectors_size, s);
    for (int64_t place = 0; place < places; place++) {
        employers += s->sector_first[place + 1];
        QON_REQUIRE(employers < ROWS_MOST);
        s->sector_first[place + 1] = (uint32_t)employers;
        s->guide_first[place + 1] = s->guide_first[place] + (s->sector_staff[place] >> GUIDE_SHIFT) + 1;
    }
    for (int64_t i = 0; i < 2 * (int64_t)s->zones; i++) {
        s->foreign_first[i + 1] = s->foreign_first[i] + foreign_group(&s->zone[i / 2], (int)(i % 2));
    }
    QON_TRY(qon_employers_reserve(&s->world->employers, (uint32_t)employers));
    s->world->employers.count = (uint32_t)employers;
    QON_TRY(qon_take(&s->seat_end, (size_t)employers + 1, sizeof *s->seat_end));
    QON_TRY(qon_take(&s->guide, (size_t)s->guide_first[places], sizeof *s->guide));
    QON_TRY(qon_take(&s->foreign_employer, (size_t)s->foreign_first[2 * s->zones] + 1, sizeof *s->foreign_employer));
    qon_par_for(places, 16, sectors_fill, s);
    qon_par_for(s->zones, 1, zones_seat, s);
done:
    return status;
}
