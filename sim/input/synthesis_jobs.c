// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: which sector and occupation the employed of each skill have, at which employer, for what wage. ODD tags S-IPF-1, S-JOB-1.
//
// Skills come from education, sectors from the zone's employers: the table sector x skill is fitted to both, with the occupations of
// the sector as seed. A rank among the employed of a zone and skill is scattered over the jobs, and the place among those of the sector is
// scattered over its seats.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/memory.h>
#include <string.h>

enum { GUIDE_SHIFT = 4, ROUNDS = 60, AHEAD = 16, TOGETHER = 256 };

static struct qon_place place_of(const char *path) {
    return (struct qon_place){.path = path};
}

// What the table says: share of occupation and skill in a sector's staff, [sector][skill][occupation].
static enum qon_status shares_read(struct qon_synth *s, double **out) {
    const struct qon_table_sector_occupations *t = &s->tables->sector_occupations;
    enum qon_status status = QON_OK;
    double *shares = NULL;
    int64_t per_sector = (int64_t)s->skills * s->occupations;
    QON_TRY(qon_take(&shares, (size_t)(s->sectors * per_sector), sizeof *shares));
    for (int64_t i = 0; i < t->rows; i++) {
        shares[t->sector[i] * per_sector + (int64_t)t->skill[i] * s->occupations + t->occupation[i]] += t->share[i];
    }
    for (int32_t k = 0; k < s->sectors; k++) {
        double sum = 0;
        for (int64_t i = 0; i < per_sector; i++) {
            sum += shares[k * per_sector + i];
        }
        if (sum < 0.98 || sum > 1.02) {
            status = qon_fault_add(s->faults, place_of("employers.sector_occupations: share"),
                                   "the shares of sector %s add up to %.4f; 1 was expected", s->tables->sectors.id[k], sum);
            goto done;
        }
    }
done:
    *out = shares;
    return status;
}

// Occupations of a skill in a sector; those of the sector whatever the skill when the table has none.
static void occupations_of(const struct qon_synth *s, const double *shares, int32_t sector, int32_t skill, double *out) {
    const double *own = shares + ((int64_t)sector * s->skills + skill) * s->occupations;
    double sum = 0;
    for (int32_t o = 0; o < s->occupations; o++) {
        out[o] = own[o];
        sum += own[o];
    }
    for (int32_t o = 0; o < s->occupations && sum <= 0; o++) {
        for (int32_t k = 0; k < s->skills; k++) {
            out[o] += shares[((int64_t)sector * s->skills + k) * s->occupations + o];
        }
    }
}

// Whole numbers of a table with the row and column sums of `rows` and `columns` (of equal total): rounds down, then adds one where the
// remainder is largest and both sums lack. Ends, as a row that lacks and a column that lacks can always meet.
static void table_round(const double *values, int32_t rows_count, int32_t columns_count, int64_t *rows, int64_t *columns, int64_t *out) {
    for (int32_t r = 0; r < rows_count; r++) {
        for (int32_t c = 0; c < columns_count; c++) {
            int64_t whole = (int64_t)values[r * columns_count + c];
            whole = whole < rows[r] ? whole : rows[r];
            whole = whole < columns[c] ? whole : columns[c];
            out[r * columns_count + c] = whole;
            rows[r] -= whole;
            columns[c] -= whole;
        }
    }
    for (;;) {
        int64_t best = -1;
        double most = 0;
        for (int64_t i = 0; i < (int64_t)rows_count * columns_count; i++) {
            double rest = values[i] - (double)out[i];
            if (rows[i / columns_count] > 0 && columns[i % columns_count] > 0 && (best < 0 || rest > most)) {
                best = i;
                most = rest;
            }
        }
        if (best < 0) {
            return;
        }
        out[best]++;
        rows[best / columns_count]--;
        columns[best % columns_count]--;
    }
}

// Employed of a zone by sector and skill, both sums exact. scratch: [sector][skill].
static void sectors_fit(const struct qon_synth *s, int32_t z, const double *shares, double *array, int64_t *out) {
    double by_sector[UINT8_MAX];
    double by_skill[UINT8_MAX];
    int64_t sectors[UINT8_MAX];
    int64_t skills[UINT8_MAX];
    for (int32_t k = 0; k < s->sectors; k++) {
        sectors[k] = s->sector_seats[(int64_t)z * s->sectors + k];
        by_sector[k] = (double)sectors[k];
        for (int32_t skill = 0; skill < s->skills; skill++) {
            double sum = 0;
            for (int32_t o = 0; o < s->occupations; o++) {
                sum += shares[((int64_t)k * s->skills + skill) * s->occupations + o];
            }
            array[k * s->skills + skill] = fmax(sum, 1e-6);
        }
    }
    for (int32_t skill = 0; skill < s->skills; skill++) {
        skills[skill] = s->skilled[(int64_t)z * s->skills + skill];
        by_skill[skill] = (double)skills[skill];
    }
    int32_t shape[2] = {s->sectors, s->skills};
    uint32_t axes[2] = {1U << 0, 1U << 1};
    double *margins[2] = {by_sector, by_skill};
    (void)qon_ipf(array, 2, shape, 2, axes, margins, 1e-6, ROUNDS);
    table_round(array, s->sectors, s->skills, sectors, skills, out);
}

// Splits the table over occupations and makes it cumulative; the mean wage factor of the zone's jobs gives the norm.
static void jobs_cumulate(struct qon_synth *s, int32_t z, const double *shares, const int64_t *table) {
    int64_t at_seat[UINT8_MAX] = {0};
    int64_t counts[UINT8_MAX];
    double weights[UINT8_MAX];
    double wages = 0;
    int64_t all = 0;
    for (int32_t skill = 0; skill < s->skills; skill++) {
        int64_t row = ((int64_t)z * s->skills + skill) * s->jobs;
        uint32_t end = 0;
        for (int32_t k = 0; k < s->sectors; k++) {
            int64_t persons = table[k * s->skills + skill];
            occupations_of(s, shares, k, skill, weights);
            qon_round_total(weights, s->occupations, persons, counts);
            for (int32_t o = 0; o < s->occupations; o++) {
                s->job_seat[row + k * s->occupations + o] = (uint32_t)at_seat[k];
                at_seat[k] += counts[o];
                end += (uint32_t)counts[o];
                s->job_end[row + k * s->occupations + o] = end;
                wages += (double)counts[o] * s->tables->occupations.wage_factor[o] * s->tables->skills.wage_factor[skill];
                all += counts[o];
            }
        }
        QON_REQUIRE(end == s->skilled[(int64_t)z * s->skills + skill]);
    }
    s->wage_norm[z] = all > 0 && wages > 0 ? (double)all / wages : 1.0;
}

// Occupations of those of a skill who do not work for an employer: as those who do, weighted by the zone's sectors.
static void occupations_cumulate(struct qon_synth *s, int32_t z, const double *shares) {
    double weights[UINT8_MAX];
    for (int32_t skill = 0; skill < s->skills; skill++) {
        double sums[UINT8_MAX] = {0};
        double sum = 0;
        double before = 0;
        uint32_t *end = s->occupation_end + ((int64_t)z * s->skills + skill) * s->occupations;
        for (int32_t k = 0; k < s->sectors; k++) {
            double staff = (double)s->sector_staff[(int64_t)z * s->sectors + k] + 1e-3;
            occupations_of(s, shares, k, skill, weights);
            for (int32_t o = 0; o < s->occupations; o++) {
                sums[o] += staff * weights[o];
                sum += staff * weights[o];
            }
        }
        for (int32_t o = 0; o < s->occupations; o++) {
            before += sums[o];
            end[o] = before >= sum ? UINT32_MAX : (uint32_t)(before / sum * 0x1p32);
        }
        end[s->occupations - 1] = UINT32_MAX;
    }
}

static void wages_set(const struct qon_synth *s, int32_t z) {
    for (int32_t o = 0; o < s->occupations; o++) {
        for (int32_t skill = 0; skill < s->skills; skill++) {
            s->world->places.wage_tiyn[qon_cell(s->world, (uint32_t)z, (uint32_t)o, (uint32_t)skill)] =
                100.0 * s->tables->zones.wage_tenge_month[z] * s->tables->occupations.wage_factor[o] *
                s->tables->skills.wage_factor[skill] * s->wage_norm[z];
        }
    }
}

enum qon_status qon_synth_jobs(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    double *shares = NULL;
    double *array = NULL;
    int64_t *table = NULL;
    size_t pairs = (size_t)s->sectors * (size_t)s->skills;
    size_t rows = (size_t)s->zones * (size_t)s->skills;
    s->jobs = s->sectors * s->occupations;
    QON_TRY(qon_take(&s->job_end, rows * (size_t)s->jobs, sizeof *s->job_end));
    QON_TRY(qon_take(&s->job_seat, rows * (size_t)s->jobs, sizeof *s->job_seat));
    QON_TRY(qon_take(&s->occupation_end, rows * (size_t)s->occupations, sizeof *s->occupation_end));
    QON_TRY(qon_take(&s->wage_norm, (size_t)s->zones, sizeof *s->wage_norm));
    QON_TRY(qon_take(&s->skill_key, rows, sizeof *s->skill_key));
    QON_TRY(qon_take(&s->sector_key, (size_t)s->zones * (size_t)s->sectors, sizeof *s->sector_key));
    for (size_t i = 0; i < rows; i++) {
        s->skill_key[i] = qon_synth_key(s, QON_DRAW_SYNTHESIS_JOB, QON_SYNTH_SKILL, i);
    }
    for (size_t i = 0; i < (size_t)s->zones * (size_t)s->sectors; i++) {
        s->sector_key[i] = qon_synth_key(s, QON_DRAW_SYNTHESIS_JOB, QON_SYNTH_SECTOR, i);
    }
    QON_TRY(qon_take(&array, pairs, sizeof *array));
    QON_TRY(qon_take(&table, pairs, sizeof *table));
    QON_TRY(shares_read(s, &shares));
    for (int32_t z = 0; z < s->zones; z++) {
        sectors_fit(s, z, shares, array, table);
        jobs_cumulate(s, z, shares, table);
        occupations_cumulate(s, z, shares);
        wages_set(s, z);
    }
done:
    qon_free(shares);
    qon_free(array);
    qon_free(table);
    return status;
}

// spread: what chance makes of the wage.
static void employ(const struct qon_synth *s, uint32_t zone, uint32_t employer, double spread, struct qon_synth_person *person) {
    double level = s->world->places.wage_tiyn[qon_cell(s->world, zone, person->occupation, person->skill)];
    double wage = level * spread * (double)s->world->employers.premium[employer];
    person->status = QON_EMPLOYED;
    person->employer = employer;
    person->wage_tiyn_month = wage < 4.2e9 ? (uint32_t)(wage + 0.5) : 4200000000U;
}

static void wages_spread(const struct qon_synth *s, const uint64_t *id, uint32_t count, double *spread) {
    double sd = s->scenario->settings.labour.wage_spread_sd;
    static const uint32_t number[TOGETHER]; // 0
    s->kernels->normals(s->key_job, id, number, count, spread);
    for (uint32_t i = 0; i < count; i++) {
        spread[i] = sd * spread[i] - 0.5 * sd * sd;
    }
    s->kernels->exps(spread, count);
}

void qon_synth_job(const struct qon_synth *s, uint32_t zone, uint32_t rank, struct qon_synth_person *person) {
    uint64_t place = (uint64_t)zone * (uint32_t)s->skills + person->skill;
    const uint32_t *end = s->job_end + place * (uint32_t)s->jobs;
    uint32_t at = qon_synth_scatter(s->skill_key[place], rank, (uint32_t)s->skilled[place]);
    uint32_t job = qon_synth_above(end, (uint32_t)s->jobs, at);
    uint32_t sector = job / (uint32_t)s->occupations;
    uint64_t sector_place = (uint64_t)zone * (uint32_t)s->sectors + sector;
    uint32_t seat = s->job_seat[place * (uint32_t)s->jobs + job] + at - (job == 0 ? 0 : end[job - 1]);
    seat = qon_synth_scatter(s->sector_key[sector_place], seat, s->sector_seats[sector_place]);
    person->occupation = (uint8_t)(job % (uint32_t)s->occupations);
    person->status = QON_EMPLOYED;
    person->seat = seat;
    person->guide = (uint32_t)(s->guide_first[sector_place] + (seat >> GUIDE_SHIFT));
    __builtin_prefetch(&s->guide[person->guide]);
}

// Steps apart, so that the two reads at chance places, which take most of the time, wait beside each other and not in turn.
static void employers_find(const struct qon_synth *s, struct qon_synth_person *list, uint32_t count) {
    for (uint32_t i = 0; i < count + AHEAD; i++) {
        if (i < count && list[i].guide != QON_NONE) {
            list[i].employer = s->guide[list[i].guide];
            __builtin_prefetch(&s->seat_end[list[i].employer]);
            __builtin_prefetch(&s->world->employers.premium[list[i].employer]);
        }
        if (i >= AHEAD && list[i - AHEAD].guide != QON_NONE) {
            struct qon_synth_person *person = &list[i - AHEAD];
            while (s->seat_end[person->employer] <= person->seat) {
                person->employer++;
            }
        }
    }
}

void qon_synth_employers_find(const struct qon_synth *s, uint32_t zone, uint64_t first_id, struct qon_synth_person *list, uint32_t count) {
    uint64_t id[TOGETHER];
    double spread[TOGETHER];
    for (uint32_t begin = 0; begin < count; begin += TOGETHER) {
        uint32_t end = begin + TOGETHER < count ? begin + TOGETHER : count, at[TOGETHER], found = 0;
        employers_find(s, list + begin, end - begin);
        for (uint32_t i = begin; i < end; i++) {
            at[found] = i;
            id[found] = first_id + i;
            found += list[i].guide != QON_NONE;
        }
        wages_spread(s, id, found, spread);
        for (uint32_t k = 0; k < found; k++) {
            employ(s, zone, list[at[k]].employer, spread[k], &list[at[k]]);
        }
    }
}

void qon_synth_occupation(const struct qon_synth *s, uint32_t zone, uint64_t id, struct qon_synth_person *person) {
    const uint32_t *end = s->occupation_end + ((uint64_t)zone * (uint32_t)s->skills + person->skill) * (uint32_t)s->occupations;
    uint32_t draw = qon_draw(s->key_job, id, 1);
    person->occupation = (uint8_t)qon_synth_above(end, (uint32_t)s->occupations, draw);
}

// Which of the zone's foreign residents this is follows from the scattered rank: permits of each category one after another, then the
// unregistered.
void qon_synth_foreign_job(const struct qon_synth *s, uint32_t zone, uint32_t rank, uint64_t id, struct qon_synth_person *person) {
    const struct qon_synth_zone *plan = &s->zone[zone];
    uint32_t at = qon_synth_scatter(qon_synth_key(s, QON_DRAW_SYNTHESIS_JOB, QON_SYNTH_FOREIGN, zone), rank, (uint32_t)plan->foreign);
    int64_t left = at;
    int legal = QON_PERMIT_1;
    while (!qon_synth_alone(legal) || left >= plan->stock[legal]) {
        left -= qon_synth_alone(legal) ? plan->stock[legal] : 0;
        legal++;
        QON_REQUIRE(legal < QON_LEGALS);
    }
    person->legal = (uint8_t)legal;
    qon_synth_occupation(s, zone, id, person);
    if (legal == QON_UNREGISTERED) {
        person->status = QON_SELF_EMPLOYED;
        return;
    }
    int64_t group = 2 * (int64_t)zone + (legal > QON_PERMIT_2);
    const uint32_t *list = s->foreign_employer + s->foreign_first[group];
    uint32_t count = (uint32_t)(s->foreign_first[group + 1] - s->foreign_first[group]);
    uint32_t place = at - (legal > QON_PERMIT_2 ? (uint32_t)(s->foreign_first[group] - s->foreign_first[group - 1]) : 0);
    place = qon_synth_scatter(qon_synth_key(s, QON_DRAW_SYNTHESIS_JOB, QON_SYNTH_FOREIGN_SEAT, (uint64_t)group), place, count);
    double spread;
    wages_spread(s, &id, 1, &spread);
    employ(s, zone, list[place], spread, person);
}
