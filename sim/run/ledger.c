// SPDX-License-Identifier: GPL-3.0-or-later
// Follows every person through both runs of a pair, block by block. ODD tags M-COMPARE-1, M-COMPARE-3.
//
// Workload: all founders' status at the end (bytes, in order), and the entries of the few whose lives have any, which are sorted by person
// in both runs, so that one walk joins them; the many between two of these take one short loop. Programmes are those of the alternative;
// the base's are matched by name.
//
// Invariants: 1. every person who lives in either run at any time is counted in exactly one class of one programme (the first that paid),
// or in one class of nobody's; 2. the money of all classes is what the alternative's programmes paid less what they recovered; 3. all sums
// are of integers, so no number of threads changes them.
#include "ledger.h"

#include <math.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

// One person while the walk looks at both lives.
struct both {
    struct qon_life base, alt;
    struct qon_person_ends ends;
    uint32_t zone_base, zone_alt; // at the end
};

// Of one cell of the groupings: founders of whom neither run has an entry and whose status at the end is the same in both.
struct lane {
    uint64_t ends; // counts of LANE_BITS each: residents, employed, unemployed
    uint64_t wins; // winners, losers
    int64_t gain;  // tiyn
    uint64_t unused;
};
enum { LANE_BITS = 21 };

// Of one thread, in cache lines of its own.
struct sums {
    _Alignas(64) int64_t *persons;
    int64_t *tiyn, *share;
    struct lane *lane; // [cells], of one block
    int64_t count[QON_COUNTS];
    int32_t month_reached, month_changed;
};

// Where a grouping finds its cell in the upper half of a code.
struct cell_of {
    int64_t first;                       // first cell of the grouping
    struct qon_group_field line, column; //
    uint32_t columns;                    // the second attribute's groups
};

// What a person's two lives came to.
struct mark {
    int64_t tiyn;      // support received
    uint8_t class;     // enum qon_class
    uint8_t paid;      // in the alternative
    uint8_t paid_base; //
    uint8_t moved;     // bits: 1 base, 2 alternative; 4, 8: between regions
};

// Of the grown of one profile and zone, from places alone.
struct gain {
    int64_t tiyn; // a month
    double share; // of income
};

struct work {
    struct qon_pair *pair;
    struct qon_supported supported;
    uint8_t *any_supported; // [zone]
    struct cell_of of[QON_BY_MOST];
    bool by_destination; // any grouping
    struct gain *gain;   // [profile * zones + zone]
    struct sums *sums;   // [threads]
    int64_t table;       // (programmes + 1) * QON_CLASSES
};

// The entries of `person`, which begin at *i if there are any.
static struct qon_life life_of(const struct qon_traces *t, uint32_t *i, uint32_t person) {
    uint32_t begin = *i;
    while (*i < t->count && t->row[*i].person == person) {
        (*i)++;
    }
    return t->count > 0 ? (struct qon_life){t->row + begin, t->row + *i} : (struct qon_life){NULL, NULL};
}

static uint32_t person_at(const struct qon_traces *t, uint32_t i) {
    return i < t->count ? t->row[i].person : UINT32_MAX;
}

static const struct qon_trace *first_of(struct qon_life life, enum qon_trace_kind kind) {
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind == kind) {
            return e;
        }
    }
    return NULL;
}

static bool is_birth(const struct qon_trace *e) {
    return e != NULL && e->detail >> 16 == (e->detail & 0xffff);
}

// Born in one run only, or in other months (a newborn's id is that of the mother and the number of her children, not the month): a birth
// that hangs on where the mother lives, and no path of a life that both runs have.
static bool births_differ(const struct both *both) {
    const struct qon_trace *a = first_of(both->base, QON_TRACE_ENTERED), *b = first_of(both->alt, QON_TRACE_ENTERED);
    bool once = (both->base.begin == both->base.end) != (both->alt.begin == both->alt.end);
    return once ? is_birth(a != NULL ? a : b) : is_birth(a) && is_birth(b) && a->month != b->month;
}

static void count_path(struct sums *sums, const struct both *both) {
    if (births_differ(both)) {
        return;
    }
    const struct qon_trace *a = first_of(both->base, QON_TRACE_REACHED), *b = first_of(both->alt, QON_TRACE_REACHED);
    int32_t reached = b != NULL ? b->month : INT32_MAX, differs = qon_lives_differ(both->base, both->alt);
    reached = a != NULL && a->month < reached ? a->month : reached;
    sums->month_reached = reached < sums->month_reached ? reached : sums->month_reached;
    sums->month_changed = differs < sums->month_changed ? differs : sums->month_changed;
    sums->count[QON_COUNT_CHANGED] += differs != INT32_MAX;
    sums->count[QON_COUNT_DRIFTED] += differs != INT32_MAX && differs < reached;
}

static void count_kept(struct work *work, struct sums *sums, const struct both *both, const struct qon_trace *grant, uint32_t to) {
    int32_t last = work->pair->alt->start + work->pair->alt->months - 1;
    for (int k = 0; k < 3; k++) {
        int32_t then = grant->month + 12 * (k + 1);
        if (then > last) {
            continue;
        }
        uint32_t zone = qon_life_zone(both->alt, then, to);
        sums->count[QON_COUNT_SEEN_12 + k]++;
        sums->count[QON_COUNT_KEPT_12 + k] += zone != UINT32_MAX && qon_same_place(&work->supported, grant->programme, to, zone);
    }
}

// The person's share of each grant: equal parts; the tiyn that cannot be parted stand with what goes to no person.
static int64_t money_of(const struct work *work, const struct qon_traced_block *alt, struct qon_life life, struct sums *sums, int class) {
    int64_t all = 0;
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind == QON_TRACE_GRANTED) {
            int64_t part = alt->grant_tiyn[e->detail] / alt->grant_persons[e->detail];
            sums->tiyn[alt->grant_programme[e->detail] * QON_CLASSES + class] += part;
            all += part;
        }
    }
    return all;
}

static enum qon_class paid_class(struct work *work, struct sums *sums, const struct both *both, const struct qon_trace *grant) {
    uint32_t to;
    enum qon_at at = work->pair->scenario->programmes.row[grant->programme].at;
    enum qon_class class = qon_life_class(both->base, both->alt, grant, both->ends, at, &work->supported, work->pair->window_months, &to);
    sums->persons[grant->programme * QON_CLASSES + class]++;
    sums->count[QON_COUNT_PAID_EMPLOYED] += both->ends.alt == QON_EMPLOYED;
    if (to != UINT32_MAX) {
        bool there = both->ends.alt != QON_GONE && qon_same_place(&work->supported, grant->programme, to, both->zone_alt);
        sums->count[QON_COUNT_MOVERS_PAID]++;
        sums->count[QON_COUNT_LEAKED] += !there;
        if (class == QON_CLASS_INDUCED) {
            sums->count[QON_COUNT_INDUCED_MOVERS]++;
            count_kept(work, sums, both, grant, to);
        }
    }
    return class;
}

static void count_jobs(const struct work *work, struct sums *sums, struct qon_person_ends ends, uint32_t zone) {
    bool lost = ends.base == QON_EMPLOYED && ends.alt != QON_EMPLOYED && ends.alt != QON_GONE;
    bool gained = ends.alt == QON_EMPLOYED && ends.base != QON_EMPLOYED && ends.base != QON_GONE;
    bool supported = zone < (uint32_t)work->supported.zones && work->any_supported[zone];
    sums->count[QON_COUNT_GAINED_JOB] += gained;
    sums->count[QON_COUNT_SUPPORTED_LOST] += lost && supported;
    sums->count[QON_COUNT_SUPPORTED_GAINED] += gained && supported;
}

// An unpaid person; the cause of a displacement is counted.
static enum qon_class unpaid_class(const struct work *work, struct sums *sums, struct qon_person_ends ends, uint32_t zone_base,
                                   bool moved_base, bool moved_alt, bool place) {
    bool lost_job = ends.base == QON_EMPLOYED && ends.alt != QON_EMPLOYED && ends.alt != QON_GONE;
    enum qon_class class = QON_CLASS_UNAFFECTED;
    int cause = moved_base && !moved_alt   ? QON_COUNT_DISPLACED_MOVE
                : moved_alt && !moved_base ? -1
                : place                    ? QON_COUNT_DISPLACED_PLACE
                : lost_job                 ? QON_COUNT_DISPLACED_JOB
                                           : -1;
    if (cause >= 0) {
        bool supported = zone_base < (uint32_t)work->supported.zones && work->any_supported[zone_base];
        class = QON_CLASS_DISPLACED;
        sums->count[cause]++;
        sums->count[supported ? QON_COUNT_DISPLACED_DESTINATION : QON_COUNT_DISPLACED_ORIGIN]++;
    } else if (moved_alt && !moved_base) {
        class = QON_CLASS_SPILL_OVER;
    }
    count_jobs(work, sums, ends, zone_base);
    sums->persons[work->pair->alt->programmes * QON_CLASSES + class]++;
    return class;
}

static uint8_t moved_bits(const struct work *work, struct qon_life life, int own, int far) {
    uint8_t bits = 0;
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind == QON_TRACE_MOVED) {
            const int32_t *region = work->supported.region;
            bits |= (uint8_t)(own | (region[e->detail >> 16] != region[e->detail & 0xffff] ? far : 0));
        }
    }
    return bits;
}

// One whose life has entries in either run.
static void judge(struct work *work, uint32_t b, struct sums *sums, const struct both *both, struct mark *mark) {
    const struct qon_traced_block *alt = &work->pair->alt->block[b];
    const struct qon_trace *grant = first_of(both->alt, QON_TRACE_GRANTED), *before = first_of(both->base, QON_TRACE_GRANTED);
    mark->moved = moved_bits(work, both->base, 1, 4) | moved_bits(work, both->alt, 2, 8);
    mark->paid = grant != NULL;
    mark->paid_base = before != NULL;
    sums->count[QON_COUNT_MOVERS_BASE] += mark->moved & 1;
    sums->count[QON_COUNT_MOVERS_ALT] += mark->moved >> 1 & 1;
    count_path(sums, both);
    if (grant != NULL) {
        mark->class = (uint8_t)paid_class(work, sums, both, grant);
        mark->tiyn = money_of(work, alt, both->alt, sums, mark->class);
    } else {
        mark->class = (uint8_t)unpaid_class(work, sums, both->ends, both->zone_base, mark->moved & 1, mark->moved >> 1 & 1, before != NULL);
    }
}

// A person's cells in the groupings: of the base's world and of the alternative's, which differ where the place of residence counts.
struct cells {
    int64_t at[2][QON_BY_MOST];
};

static int32_t group_in(const struct qon_groups *groups, enum qon_grouping by, uint64_t code, bool founder, uint32_t zone_end) {
    if (by == QON_BY_NOTHING) {
        return 0;
    }
    bool known = founder || by == QON_BY_DESTINATION;
    return known ? qon_group_of(groups, code, by, zone_end) : qon_group_count(groups, by) - 1;
}

static void cells_find(const struct work *work, uint64_t code, bool founder, const struct both *both, struct cells *cells) {
    const struct qon_groups *groups = work->pair->groups;
    for (int i = 0; i < work->pair->bys; i++) {
        const struct qon_by *by = &work->pair->by[i];
        for (int world = 0; world < 2; world++) {
            uint32_t zone = world == 0 ? both->zone_base : both->zone_alt;
            if (world == 1 && by->first != QON_BY_DESTINATION && by->second != QON_BY_DESTINATION) {
                cells->at[1][i] = cells->at[0][i];
                continue;
            }
            int64_t cell = (int64_t)group_in(groups, by->first, code, founder, zone) * work->of[i].columns +
                           group_in(groups, by->second, code, founder, zone);
            cells->at[world][i] = (work->of[i].first + cell) * QON_SHARES * 2;
        }
    }
}

static void share_add(const struct work *work, struct sums *sums, const struct cells *cells, int share, int world, int64_t amount) {
    for (int i = 0; i < work->pair->bys; i++) {
        sums->share[cells->at[world][i] + 2 * share + world] += amount;
    }
}

static void share_ends(const struct work *work, struct sums *sums, const struct cells *cells, const struct mark *mark,
                       struct qon_person_ends ends) {
    for (int world = 0; world < 2; world++) {
        uint8_t status = world == 0 ? ends.base : ends.alt;
        if (status != QON_GONE) {
            share_add(work, sums, cells, QON_SHARE_population, world, 1);
            if (status == QON_EMPLOYED || status == QON_UNEMPLOYED) {
                share_add(work, sums, cells, status == QON_EMPLOYED ? QON_SHARE_employed : QON_SHARE_unemployed, world, 1);
            }
        }
        if (mark->moved >> world & 1) {
            share_add(work, sums, cells, QON_SHARE_movers, world, 1);
        }
        if (mark->moved >> (2 + world) & 1) {
            share_add(work, sums, cells, QON_SHARE_movers_region, world, 1);
        }
        if (world == 0 ? mark->paid_base : mark->paid) {
            share_add(work, sums, cells, QON_SHARE_paid, world, 1);
        }
    }
    if (mark->class < QON_CLASS_UNAFFECTED) {
        static const int of_class[] = {QON_SHARE_induced,     QON_SHARE_deadweight, QON_SHARE_diverted,
                                       QON_SHARE_accelerated, QON_SHARE_displaced,  QON_SHARE_spill_over};
        share_add(work, sums, cells, of_class[mark->class], 1, 1);
    }
    if (mark->tiyn != 0) {
        share_add(work, sums, cells, QON_SHARE_money, 1, mark->tiyn);
    }
}

static void count_winner(const struct work *work, struct sums *sums, const struct cells *cells, double share) {
    if (share > 0.001 || share < -0.001) {
        sums->count[share > 0 ? QON_COUNT_WINNERS : QON_COUNT_LOSERS]++;
        share_add(work, sums, cells, share > 0 ? QON_SHARE_winners : QON_SHARE_losers, 1, 1);
    }
}

static void count_gain(const struct work *work, struct sums *sums, uint64_t code, const struct cells *cells, const struct mark *mark) {
    const struct qon_traced *alt = work->pair->alt;
    int64_t at = (int64_t)qon_group_profile(code) * alt->zones + qon_group_zone(code);
    int64_t gain = work->gain[at].tiyn;
    double share = work->gain[at].share;
    if (mark->tiyn != 0 && alt->months > 0) {
        gain += mark->tiyn / alt->months;
        share += (double)mark->tiyn / alt->months / alt->income[at];
    }
    sums->count[QON_COUNT_GROWN]++;
    sums->count[QON_COUNT_GAIN_TIYN] += gain;
    share_add(work, sums, cells, QON_SHARE_gain, 1, gain);
    count_winner(work, sums, cells, share);
}

static void founder_shares(const struct work *work, uint32_t b, uint32_t row, struct sums *sums, const struct both *both,
                           const struct mark *mark) {
    uint64_t code = qon_group_code(work->pair->groups, b, row);
    struct cells cells;
    cells_find(work, code, true, both, &cells);
    share_ends(work, sums, &cells, mark, both->ends);
    if (qon_group_grown(code)) {
        count_gain(work, sums, code, &cells, mark);
    }
}

static struct both founder_ends(const struct work *work, uint32_t b, uint32_t row) {
    const struct qon_traced_block *base = &work->pair->base->block[b], *alt = &work->pair->alt->block[b];
    return (struct both){.ends = {base->status[row], alt->status[row]}, .zone_base = base->zone[row], .zone_alt = alt->zone[row]};
}

// A founder of whom neither run has an entry and whose status at the end is the same in both: one addition for each grouping.
static void lanes_add(const struct work *work, struct sums *sums, uint32_t trait, struct lane own) {
    for (int i = 0; i < work->pair->bys; i++) {
        const struct cell_of *of = &work->of[i];
        struct lane *lane = &sums->lane[of->first + qon_group_read(trait, of->line) * of->columns + qon_group_read(trait, of->column)];
        lane->ends += own.ends;
        lane->wins += own.wins;
        lane->gain += own.gain;
    }
}

static int64_t lane_count(uint64_t counts, int which) {
    return (int64_t)(counts >> which * LANE_BITS & ((1U << LANE_BITS) - 1));
}

// A block's lanes into the shares, and empty again.
static void lanes_flush(const struct work *work, struct sums *sums) {
    static const int both[] = {QON_SHARE_population, QON_SHARE_employed, QON_SHARE_unemployed};
    for (int64_t cell = 0; cell < work->pair->cells; cell++) {
        int64_t *share = sums->share + cell * QON_SHARES * 2;
        struct lane *lane = &sums->lane[cell];
        for (int k = 0; k < 3; k++) {
            share[2 * both[k]] += lane_count(lane->ends, k);
            share[2 * both[k] + 1] += lane_count(lane->ends, k);
        }
        share[2 * QON_SHARE_winners + 1] += lane_count(lane->wins, 0);
        share[2 * QON_SHARE_losers + 1] += lane_count(lane->wins, 1);
        share[2 * QON_SHARE_gain + 1] += lane->gain;
        *lane = (struct lane){0};
    }
}

static uint64_t lane_ends(uint8_t status) {
    uint64_t employed = status == QON_EMPLOYED, unemployed = status == QON_UNEMPLOYED, there = status != QON_GONE;
    return there | employed << LANE_BITS | unemployed << 2 * LANE_BITS;
}

// Founders [from, to), of whom neither run has an entry: nobody paid for them, so that they gain what their places gain.
static void unwritten(const struct work *work, uint32_t b, uint32_t from, uint32_t to, struct sums *sums) {
    const uint8_t *base = work->pair->base->block[b].status, *alt = work->pair->alt->block[b].status;
    const uint32_t *place = work->pair->groups->place[b], *trait = work->pair->bys > 0 ? work->pair->groups->trait[b] : NULL;
    int64_t unaffected = 0, tiyn = 0, zones = work->pair->alt->zones;
    uint64_t grown = 0, wins = 0;
    for (uint32_t row = from; row < to; row++) {
        if (base[row] != alt[row] || work->by_destination) {
            struct both both = founder_ends(work, b, row);
            struct mark mark = {.class = QON_CLASS_UNAFFECTED};
            if (base[row] == alt[row]) {
                unaffected++;
            } else {
                mark.class = (uint8_t)unpaid_class(work, sums, both.ends, both.zone_base, false, false, false);
            }
            founder_shares(work, b, row, sums, &both, &mark);
            continue;
        }
        struct lane own = {.ends = lane_ends(base[row])};
        if (qon_group_grown(place[row])) {
            const struct gain *gain = &work->gain[qon_group_profile(place[row]) * zones + qon_group_zone(place[row])];
            own.wins = (uint64_t)(gain->share > 0.001) | (uint64_t)(gain->share < -0.001) << LANE_BITS;
            own.gain = gain->tiyn;
            grown++;
        }
        unaffected++;
        wins += own.wins;
        tiyn += own.gain;
        lanes_add(work, sums, trait != NULL ? trait[row] : 0, own);
    }
    sums->persons[work->pair->alt->programmes * QON_CLASSES + QON_CLASS_UNAFFECTED] += unaffected;
    sums->count[QON_COUNT_GROWN] += (int64_t)grown;
    sums->count[QON_COUNT_GAIN_TIYN] += tiyn;
    sums->count[QON_COUNT_WINNERS] += lane_count(wins, 0);
    sums->count[QON_COUNT_LOSERS] += lane_count(wins, 1);
}

// Entries of a block in both runs, up to where the walk has come.
struct at {
    uint32_t base, alt;
};

static struct at founders(struct work *work, uint32_t b, struct sums *sums) {
    const struct qon_traces *base = &work->pair->base->observer.block[b], *alt = &work->pair->alt->observer.block[b];
    uint32_t count = work->pair->base->block[b].founders;
    struct at at = {0, 0};
    QON_REQUIRE(count < 1U << LANE_BITS);
    for (uint32_t row = 0; row < count; row++) {
        uint32_t next = person_at(base, at.base), other = person_at(alt, at.alt);
        next = other < next ? other : next;
        next = count < next ? count : next;
        unwritten(work, b, row, next, sums);
        row = next;
        if (row < count) {
            struct both both = founder_ends(work, b, row);
            struct mark mark = {0};
            both.base = life_of(base, &at.base, row);
            both.alt = life_of(alt, &at.alt, row);
            judge(work, b, sums, &both, &mark);
            founder_shares(work, b, row, sums, &both, &mark);
        }
    }
    lanes_flush(work, sums);
    sums->count[QON_COUNT_PERSONS_EVER] += count;
    return at;
}

// Those born or come in either run, by ascending id in both.
static void newcomers(struct work *work, uint32_t b, struct sums *sums, struct at at) {
    const struct qon_traces *base = &work->pair->base->observer.block[b], *alt = &work->pair->alt->observer.block[b];
    const struct qon_traced_block *base_end = &work->pair->base->block[b], *alt_end = &work->pair->alt->block[b];
    for (uint32_t i = 0, j = 0; i < base_end->newcomers || j < alt_end->newcomers;) {
        uint64_t a = i < base_end->newcomers ? base_end->newcomer[i] : UINT64_MAX;
        uint64_t o = j < alt_end->newcomers ? alt_end->newcomer[j] : UINT64_MAX;
        struct both both = {.ends = {QON_GONE, QON_GONE}, .zone_base = UINT16_MAX, .zone_alt = UINT16_MAX};
        if (a <= o) {
            uint32_t person = base_end->founders + i++;
            both.base = life_of(base, &at.base, person);
            both.ends.base = base_end->status[person];
            both.zone_base = base_end->zone[person];
        }
        if (o <= a) {
            uint32_t person = alt_end->founders + j++;
            both.alt = life_of(alt, &at.alt, person);
            both.ends.alt = alt_end->status[person];
            both.zone_alt = alt_end->zone[person];
        }
        struct mark mark = {0};
        struct cells cells;
        judge(work, b, sums, &both, &mark);
        sums->count[QON_COUNT_PERSONS_EVER]++;
        cells_find(work, 0, false, &both, &cells);
        share_ends(work, sums, &cells, &mark, both.ends);
    }
}

static void blocks_ledger(void *context, int64_t begin, int64_t end, int thread) {
    struct work *work = context;
    for (int64_t b = begin; b < end; b++) {
        struct sums *sums = &work->sums[thread];
        newcomers(work, (uint32_t)b, sums, founders(work, (uint32_t)b, sums));
    }
}

// Zones into which movers are paid. Several threads write, always 1.
static void supported_find(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct work *work = context;
    const struct qon_traced *alt = work->pair->alt;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_traces *t = &alt->observer.block[b];
        for (uint32_t i = 1; alt->block[b].grants > 0 && i < t->count; i++) {
            const struct qon_trace *e = &t->row[i];
            if (e->kind != QON_TRACE_GRANTED) {
                continue;
            }
            for (uint32_t j = i; j-- > 0 && t->row[j].person == e->person && t->row[j].month == e->month;) {
                if (t->row[j].kind == QON_TRACE_MOVED) {
                    uint32_t to = t->row[j].detail & 0xffff;
                    __atomic_store_n(&work->supported.zone[(int64_t)e->programme * alt->zones + to], 1, __ATOMIC_RELAXED);
                    __atomic_store_n(&work->any_supported[to], 1, __ATOMIC_RELAXED);
                }
            }
        }
    }
}

// The base's programmes get the numbers that their names have in the alternative.
static void renames(struct work *work) {
    const struct qon_programmes *base = &work->pair->base_scenario->programmes, *alt = &work->pair->scenario->programmes;
    memset(work->supported.rename, UINT8_MAX, sizeof work->supported.rename);
    for (int32_t p = 0; p < base->count; p++) {
        int32_t same = qon_programme_find(alt, base->row[p].name);
        work->supported.rename[p] = same >= 0 ? (uint8_t)same : UINT8_MAX;
    }
}

static void gains(struct work *work) {
    const struct qon_traced *base = work->pair->base, *alt = work->pair->alt;
    double weight = work->pair->scenario->settings.choice.income_weight;
    for (int64_t c = 0; c < (int64_t)alt->profiles * alt->zones; c++) {
        double share = weight > 0 ? (alt->logsum[c] - base->logsum[c]) / weight : 0;
        work->gain[c] = (struct gain){(int64_t)llround(share * base->income[c]), share};
    }
}

static enum qon_status work_make(struct work *work, int threads) {
    enum qon_status status = QON_OK;
    struct qon_pair *pair = work->pair;
    size_t cells = (size_t)pair->alt->profiles * (size_t)pair->alt->zones;
    pair->cells = qon_by_cells(pair->groups, pair->by, pair->bys);
    work->table = (int64_t)(pair->alt->programmes + 1) * QON_CLASSES;
    for (int i = 0; i < pair->bys; i++) {
        enum qon_grouping first = pair->by[i].first, second = pair->by[i].second;
        work->of[i] = (struct cell_of){.first = qon_by_cells(pair->groups, pair->by, i),
                                       .line = qon_group_field(first),
                                       .column = qon_group_field(second),
                                       .columns = second == QON_BY_NOTHING ? 1 : (uint32_t)qon_group_count(pair->groups, second)};
        work->by_destination |= first == QON_BY_DESTINATION || second == QON_BY_DESTINATION;
    }
    work->supported.zones = pair->alt->zones;
    work->supported.region = pair->scenario->tables.zones.region;
    QON_TRY(qon_take(&pair->persons, (size_t)work->table, sizeof *pair->persons));
    QON_TRY(qon_take(&pair->tiyn, (size_t)work->table, sizeof *pair->tiyn));
    QON_TRY(qon_take(&pair->share, (size_t)pair->cells * QON_SHARES * 2, sizeof *pair->share));
    QON_TRY(qon_take(&work->supported.zone, ((size_t)pair->alt->programmes + 1) * (size_t)pair->alt->zones, 1));
    QON_TRY(qon_take(&work->any_supported, (size_t)pair->alt->zones, 1));
    QON_TRY(qon_take(&work->gain, cells, sizeof *work->gain));
    QON_TRY(qon_take(&work->sums, (size_t)threads, sizeof *work->sums));
    for (int t = 0; t < threads; t++) {
        struct sums *sums = &work->sums[t];
        sums->month_reached = sums->month_changed = INT32_MAX;
        QON_TRY(qon_take(&sums->persons, (size_t)work->table, sizeof *sums->persons));
        QON_TRY(qon_take(&sums->tiyn, (size_t)work->table, sizeof *sums->tiyn));
        QON_TRY(qon_take(&sums->share, (size_t)pair->cells * QON_SHARES * 2, sizeof *sums->share));
        QON_TRY(qon_take(&sums->lane, (size_t)pair->cells, sizeof *sums->lane));
    }
done:
    return status;
}

static void add(struct qon_pair *pair, const struct sums *sums, int64_t table) {
    for (int64_t i = 0; i < table; i++) {
        pair->persons[i] += sums->persons[i];
        pair->tiyn[i] += sums->tiyn[i];
    }
    for (int i = 0; i < QON_COUNTS; i++) {
        pair->count[i] += sums->count[i];
    }
    for (int64_t i = 0; i < pair->cells * QON_SHARES * 2; i++) {
        pair->share[i] += sums->share[i];
    }
    pair->month_reached = sums->month_reached < pair->month_reached ? sums->month_reached : pair->month_reached;
    pair->month_changed = sums->month_changed < pair->month_changed ? sums->month_changed : pair->month_changed;
}

// Money that went to no person: fairs, centres, checks.
static void overhead(struct qon_pair *pair) {
    for (int32_t p = 0; p < pair->alt->programmes; p++) {
        int64_t persons = 0;
        for (int c = 0; c < QON_CLASSES; c++) {
            persons += pair->tiyn[p * QON_CLASSES + c];
        }
        pair->tiyn[p * QON_CLASSES + QON_CLASS_OVERHEAD] += pair->alt->spent[p] - pair->alt->clawed[p] - persons;
    }
}

int64_t qon_by_cells(const struct qon_groups *groups, const struct qon_by *by, int bys) {
    int64_t cells = 0;
    for (int i = 0; i < bys; i++) {
        cells +=
            (int64_t)qon_group_count(groups, by[i].first) * (by[i].second == QON_BY_NOTHING ? 1 : qon_group_count(groups, by[i].second));
    }
    return cells;
}

enum qon_status qon_pair_ledger(struct qon_pair *pair) {
    enum qon_status status = QON_OK;
    int threads = qon_par_threads();
    struct work work = {.pair = pair};
    pair->month_reached = pair->month_changed = INT32_MAX;
    QON_REQUIRE(pair->base->blocks == pair->alt->blocks && pair->base->zones == pair->alt->zones);
    QON_TRY(work_make(&work, threads));
    renames(&work);
    qon_par_for(pair->alt->blocks, 1, supported_find, &work);
    gains(&work);
    qon_par_for(pair->alt->blocks, 1, blocks_ledger, &work);
    for (int t = 0; t < threads; t++) {
        add(pair, &work.sums[t], work.table);
    }
    overhead(pair);
done:
    for (int t = 0; work.sums != NULL && t < threads; t++) {
        qon_free(work.sums[t].persons);
        qon_free(work.sums[t].tiyn);
        qon_free(work.sums[t].share);
        qon_free(work.sums[t].lane);
    }
    qon_free(work.sums);
    qon_free(work.supported.zone);
    qon_free(work.any_supported);
    qon_free(work.gain);
    return status;
}

void qon_pair_free(struct qon_pair *pair) {
    qon_free(pair->persons);
    qon_free(pair->tiyn);
    qon_free(pair->share);
    *pair = (struct qon_pair){0};
}
