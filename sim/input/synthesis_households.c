// SPDX-License-Identifier: GPL-3.0-or-later
// Households of a portion: couples, children with mothers, adults with their parents or children. Their rows: synthesis_rows.c.
//
// Persons are not made first and joined afterwards: a portion is counts by sex and age, and forming a household takes from them. UNITS are
// couples and adults without a partner, ordered by the woman's age (couples), then women, then men; children belong to a unit. Exactly as
// many units head a household as the portion has households, the others are guests of one. So all adults and children find a place, the
// number of households is exact. ODD tag S-FAMILY-1.
#include "synthesis_nest.h"

#include <math.h>
#include <string.h>

enum {
    MOTHER_OLDEST = 45,
    BIRTHS = MOTHER_OLDEST - QON_SYNTH_MOTHER_YOUNGEST + 1,
    PARENT_FROM = 60,   // guests from this age on live with a child, younger ones with a parent
    CHILDREN_MOST = 8,  // of one mother at home, unless there is no choice
    MEMBERS_USUAL = 12, // guests choose households that stay below
    MEMBERS_MOST = 200, // what the column of members can hold, with room
    TRIES = 6,
    BUCKETS = 1536,       // months of age for pairing
    DEPENDANTS_MOST = 30, // children an adult of a portion may have on average; beyond, children count as adults
    CLASSES = 10,
};

static double unit_next(struct qon_synth_making *m) {
    return qon_unit(qon_pcg_next(&m->portion->members));
}
static uint32_t below_next(struct qon_synth_making *m, uint32_t n) {
    return qon_below(qon_pcg_next(&m->portion->members), n);
}

static void census(const struct qon_synth_portion *portion, uint32_t *persons, uint32_t *adults, uint32_t *foreign) {
    *persons = 0;
    *adults = 0;
    *foreign = 0;
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        *persons += portion->persons[c];
        *foreign += portion->foreign[c];
        *adults += c % QON_AGES >= QON_SYNTH_ADULT ? portion->persons[c] : 0;
    }
}

// Adults, or everybody in a portion that is nearly all children.
static uint32_t units_most(uint32_t persons, uint32_t adults) {
    return persons - adults > adults * DEPENDANTS_MOST ? persons : adults;
}

uint32_t qon_synth_households_count(const struct qon_synth_portion *portion) {
    const struct qon_synth_zone *plan = &portion->synth->zone[portion->zone];
    uint32_t persons;
    uint32_t adults;
    uint32_t foreign;
    census(portion, &persons, &adults, &foreign);
    uint32_t most = units_most(persons, adults);
    uint32_t least = (persons + MEMBERS_MOST / 2 - 1) / (MEMBERS_MOST / 2);
    uint32_t want = qon_synth_dealt((uint32_t)plan->households, 0, plan->portions, portion->index);
    uint32_t own = want > foreign ? want - foreign : 0;
    own = own < least ? least : own;
    return foreign + (own < most ? own : most);
}

// Number of couples: the mean of what the schedules say for men and women, as far as there are persons and enough units remain to head
// the households.
static uint32_t couples_count(const struct qon_synth_making *m, const double *want, uint32_t units) {
    double wanted[2] = {0, 0};
    uint32_t room[2] = {0, 0};
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        wanted[c / QON_AGES] += want[c];
        room[c / QON_AGES] += want[c] > 0 ? m->portion->persons[c] : 0;
    }
    uint32_t couples = (uint32_t)(0.5 * (wanted[0] + wanted[1]) + 0.5);
    couples = couples < room[0] ? couples : room[0];
    couples = couples < room[1] ? couples : room[1];
    return couples < units - m->households ? couples : units - m->households;
}

// Chooses the ages of `couples` persons of one sex: the schedule scaled to the number, what does not fit in a cell going to the others.
static void couples_pick(struct qon_synth_making *m, const double *want, int sex, uint32_t couples) {
    const uint32_t *persons = m->portion->persons + sex * QON_AGES;
    double values[QON_AGES];
    double sum = 0;
    double capped = 0;
    double room = 0;
    for (int a = 0; a < QON_AGES; a++) {
        sum += want[sex * QON_AGES + a];
    }
    for (int a = 0; a < QON_AGES; a++) {
        double wanted = want[sex * QON_AGES + a];
        values[a] = couples == 0 ? 0.0 : fmin(wanted * couples / sum, (double)persons[a]);
        capped += values[a];
        room += wanted > 0 ? (double)persons[a] - values[a] : 0.0;
    }
    double more = room > 0 ? (couples - capped) / room : 0.0;
    double before = 0.001 + 0.998 * unit_next(m);
    for (int a = 0; a < QON_AGES; a++) {
        values[a] += want[sex * QON_AGES + a] > 0 ? more * ((double)persons[a] - values[a]) : 0.0;
        uint32_t count = (uint32_t)(before + values[a]) - (uint32_t)before;
        before += values[a];
        m->coupled[sex * QON_AGES + a] = count < persons[a] ? count : persons[a];
    }
}

static void couples_choose(struct qon_synth_making *m, uint32_t units) {
    double want[QON_SYNTH_CELLS];
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        double all = (double)(m->portion->persons[c] + m->portion->foreign[c]) * m->s->coupled[c];
        want[c] = c % QON_AGES >= QON_SYNTH_ADULT ? fmin(all, (double)m->portion->persons[c]) : 0.0;
    }
    m->couples = couples_count(m, want, units);
    uint32_t chosen[2] = {0, 0};
    for (int sex = 0; sex < 2; sex++) {
        couples_pick(m, want, sex, m->couples);
        for (int a = 0; a < QON_AGES; a++) {
            chosen[sex] += m->coupled[sex * QON_AGES + a];
        }
    }
    m->couples = chosen[0] < chosen[1] ? chosen[0] : chosen[1];
    for (int sex = 0; sex < 2; sex++) { // rounding may have left one over
        for (int a = QON_AGES - 1; a >= 0 && chosen[sex] > m->couples; a--) {
            uint32_t excess = chosen[sex] - m->couples;
            excess = excess < m->coupled[sex * QON_AGES + a] ? excess : m->coupled[sex * QON_AGES + a];
            m->coupled[sex * QON_AGES + a] -= excess;
            chosen[sex] -= excess;
        }
    }
}

// Orders the coupled of one sex by age in months plus noise (a counting sort).
static void couples_order(struct qon_synth_making *m, int sex, uint8_t *age_of, uint32_t *order) {
    uint32_t first[BUCKETS + 1] = {0};
    uint32_t *key = m->nest->child_next; // free until children come
    uint32_t i = 0;
    for (int a = 0; a < QON_AGES; a++) {
        for (uint32_t k = 0; k < m->coupled[sex * QON_AGES + a]; k++) {
            uint32_t draw = qon_pcg_next(&m->portion->members);
            int32_t months = a * 12 + (int32_t)qon_below(draw << 8, 12) + m->s->age_noise[draw >> 24];
            months = months < 0 ? 0 : months >= BUCKETS ? BUCKETS - 1 : months;
            age_of[i] = (uint8_t)a;
            key[i++] = (uint32_t)months;
            first[months + 1]++;
        }
    }
    for (int b = 0; b < BUCKETS; b++) {
        first[b + 1] += first[b];
    }
    for (uint32_t j = 0; j < i; j++) {
        order[first[key[j]]++] = j;
    }
}

// Pairs women and men of equal rank in those orders: ages of spouses scatter, while both sexes' ages stay as chosen.
static void couples_pair(struct qon_synth_making *m) {
    struct qon_synth_nest *nest = m->nest;
    uint8_t *man_age = nest->child_age; // free until children come
    couples_order(m, QON_FEMALE, nest->woman, nest->order[0]);
    couples_order(m, QON_MALE, man_age, nest->order[1]);
    for (uint32_t j = 0; j < m->couples; j++) {
        nest->man[nest->order[0][j]] = man_age[nest->order[1][j]];
    }
}

static void units_make(struct qon_synth_making *m) {
    struct qon_synth_nest *nest = m->nest;
    uint32_t at = 0;
    for (uint32_t a = 0; a < QON_AGES; a++) {
        m->couple_first[a] = at;
        at += m->coupled[QON_AGES + a];
    }
    m->couple_first[QON_AGES] = at;
    for (int sex = QON_FEMALE; sex >= QON_MALE; sex--) {
        uint32_t *first = sex == QON_FEMALE ? m->woman_first : m->man_first;
        for (uint32_t a = 0; a < QON_AGES; a++) {
            uint32_t c = (uint32_t)sex * QON_AGES + a;
            uint32_t count = a >= m->adult ? m->portion->persons[c] - m->coupled[c] : 0;
            first[a] = at;
            memset((sex == QON_FEMALE ? nest->woman : nest->man) + at, (int)a, count);
            memset((sex == QON_FEMALE ? nest->man : nest->woman) + at, QON_SYNTH_NOBODY, count);
            at += count;
        }
        first[QON_AGES] = at;
    }
    m->units = at;
    memset(nest->members, 1, at);
    memset(nest->members, 2, m->couples);
    memset(nest->heads, 0, at);
    memset(nest->born, 0, at);
    memset(nest->grown, 0, at);
    memset(nest->ages, 0, at * sizeof *nest->ages);
    memset(nest->child, 0xff, at * sizeof *nest->child);
    memset(nest->link, 0xff, at * sizeof *nest->link);
}

// Weights of women by their age at the birth of somebody who is now `age`: fertility times how many there are, those with a partner
// counting more.
struct mothers {
    double end[BIRTHS];
    double coupled; // weight of a woman with a partner
    double single;
};

static void mothers_weigh(const struct qon_synth_making *m, uint32_t age, struct mothers *w) {
    double sum = 0;
    for (uint32_t b = 0; b < BIRTHS; b++) {
        uint32_t now = age + QON_SYNTH_MOTHER_YOUNGEST + b;
        if (now < QON_AGES) {
            double coupled = m->couple_first[now + 1] - m->couple_first[now];
            double single = m->woman_first[now + 1] - m->woman_first[now];
            sum += m->s->fertility[QON_SYNTH_MOTHER_YOUNGEST + b] * (coupled * w->coupled + single * w->single);
        }
        w->end[b] = sum;
    }
}

static uint32_t mother_draw(struct qon_synth_making *m, uint32_t age, const struct mothers *w) {
    double at = unit_next(m) * w->end[BIRTHS - 1];
    uint32_t b = 0;
    while (b < BIRTHS - 1 && w->end[b] <= at) {
        b++;
    }
    uint32_t now = age + QON_SYNTH_MOTHER_YOUNGEST + b;
    at = (at - (b == 0 ? 0 : w->end[b - 1])) / m->s->fertility[QON_SYNTH_MOTHER_YOUNGEST + b];
    uint32_t couples = m->couple_first[now + 1] - m->couple_first[now];
    uint32_t women = m->woman_first[now + 1] - m->woman_first[now];
    if (couples > 0 && (at < couples * w->coupled || women == 0)) {
        uint32_t i = (uint32_t)(at / w->coupled);
        return m->couple_first[now] + (i < couples ? i : couples - 1);
    }
    uint32_t i = (uint32_t)((at - couples * w->coupled) / w->single);
    return m->woman_first[now] + (i < women ? i : women - 1);
}

static void child_add(struct qon_synth_making *m, uint32_t age, int sex, const struct mothers *w) {
    struct qon_synth_nest *nest = m->nest;
    bool mother = w->end[BIRTHS - 1] > 0;
    uint32_t unit = 0;
    for (int try = 0; try < TRIES; try++) {
        unit = mother ? mother_draw(m, age, w) : below_next(m, m->units);
        if (nest->born[unit] < CHILDREN_MOST && (nest->ages[unit] >> age & 1U) == 0) {
            break;
        }
    }
    for (uint32_t i = 0; nest->members[unit] >= MEMBERS_MOST && i < m->units; i++) {
        unit = unit + 1 < m->units ? unit + 1 : 0;
        mother = false;
    }
    nest->child_age[m->children] = (uint8_t)age;
    nest->child_sex[m->children] = (uint8_t)(sex | (mother ? 0 : 2));
    nest->child_next[m->children] = nest->child[unit];
    nest->child[unit] = m->children++;
    nest->ages[unit] |= 1U << age;
    nest->born[unit] += mother;
    nest->members[unit]++;
}

// From the youngest to the oldest, so that a unit's list begins with the oldest.
static void children_place(struct qon_synth_making *m) {
    const struct qon_synth *s = m->s;
    struct mothers w = {.coupled = fmax(s->scenario->settings.demography.birth_coupled_factor, 1e-6),
                        .single = fmax(s->scenario->settings.demography.birth_single_factor, 1e-6)};
    for (uint32_t age = 0; age < m->adult; age++) {
        mothers_weigh(m, age, &w);
        for (int sex = 0; sex < 2; sex++) {
            for (uint32_t i = 0; i < m->portion->persons[(uint32_t)sex * QON_AGES + age]; i++) {
                child_add(m, age, sex, &w);
            }
        }
    }
}

static uint32_t adult_age(const struct qon_synth_nest *nest, uint32_t unit) {
    return nest->woman[unit] != QON_SYNTH_NOBODY ? nest->woman[unit] : nest->man[unit];
}

// Classes of adults without a partner by age and children, and how likely each is to head a household (assumption).
static uint32_t class_of(const struct qon_synth_nest *nest, uint32_t unit) {
    uint32_t age = adult_age(nest, unit);
    uint32_t by_age = age < 25 ? 0 : age < 30 ? 1 : age < 45 ? 2 : age < 65 ? 3 : 4;
    return by_age + (nest->child[unit] != QON_NONE ? CLASSES / 2 : 0);
}
static const double CLASS_WEIGHT[CLASSES] = {0.12, 0.3, 0.7, 0.85, 0.7, 0.5, 0.7, 0.9, 0.95, 0.9};

// Marks exactly `wanted` of the units without a partner as heads: weights scaled until they add up, then every whole step of the sum.
static void heads_single(struct qon_synth_making *m, uint32_t wanted) {
    struct qon_synth_nest *nest = m->nest;
    double count[CLASSES] = {0};
    double chance[CLASSES] = {0};
    double scale = 0;
    for (uint32_t unit = m->couples; unit < m->units; unit++) {
        count[class_of(nest, unit)]++;
    }
    for (int round = 0; round <= CLASSES; round++) { // each round finds at least one more class full
        double open = 0;
        double left = wanted;
        for (int k = 0; k < CLASSES; k++) {
            bool full = CLASS_WEIGHT[k] * scale >= 1.0;
            open += full ? 0.0 : count[k] * CLASS_WEIGHT[k];
            left -= full ? count[k] : 0.0;
        }
        if (open <= 0) {
            break;
        }
        scale = fmax(scale, left / open);
    }
    for (int k = 0; k < CLASSES; k++) {
        chance[k] = fmin(CLASS_WEIGHT[k] * scale, 1.0);
    }
    double before = 0.001 + 0.998 * unit_next(m);
    uint32_t marked = 0;
    for (uint32_t unit = m->couples; unit < m->units; unit++) {
        double after = before + chance[class_of(nest, unit)];
        nest->heads[unit] = (uint8_t)((uint32_t)after - (uint32_t)before);
        marked += nest->heads[unit];
        before = after;
    }
    for (uint32_t unit = m->couples; unit < m->units && marked != wanted; unit++) { // the last digits of the sum
        bool change = marked < wanted ? nest->heads[unit] == 0 : nest->heads[unit] == 1;
        nest->heads[unit] = change ? (uint8_t)(marked < wanted) : nest->heads[unit];
        marked += !change ? 0U : marked < wanted ? 1U : UINT32_MAX;
    }
    QON_REQUIRE(marked == wanted);
}

// Couples head households; when there are more of them than households, the youngest live with others.
static void heads_choose(struct qon_synth_making *m) {
    struct qon_synth_nest *nest = m->nest;
    uint32_t guests = m->couples > m->households ? m->couples - m->households : 0;
    for (uint32_t unit = guests; unit < m->couples; unit++) {
        nest->heads[unit] = 1;
    }
    heads_single(m, m->households - (m->couples - guests));
    m->heads = 0;
    for (uint32_t unit = 0; unit < m->units; unit++) {
        if (nest->heads[unit]) {
            nest->order[0][m->heads++] = unit;
        }
    }
    uint32_t hosts = 0;
    for (uint32_t a = 0; a < QON_AGES; a++) {
        m->host_first[a] = hosts;
        for (uint32_t unit = m->couple_first[a]; unit < m->couple_first[a + 1]; unit++) {
            nest->order[1][hosts] = unit;
            hosts += nest->heads[unit];
        }
        for (uint32_t unit = m->woman_first[a]; unit < m->woman_first[a + 1]; unit++) {
            nest->order[1][hosts] = unit;
            hosts += nest->heads[unit];
        }
    }
    m->host_first[QON_AGES] = hosts;
}

// Weights of hosts by the difference of ages: parents by fertility, children evenly.
static void hosts_weigh(const struct qon_synth_making *m, uint32_t age, double *end) {
    double sum = 0;
    for (uint32_t b = 0; b < BIRTHS; b++) {
        uint32_t years = QON_SYNTH_MOTHER_YOUNGEST + b;
        uint32_t now = age < PARENT_FROM ? age + years : age - years;
        if (now < QON_AGES) {
            double weight = age < PARENT_FROM ? m->s->fertility[years] : 1.0;
            sum += weight * (m->host_first[now + 1] - m->host_first[now]);
        }
        end[b] = sum;
    }
}

static uint32_t host_draw(struct qon_synth_making *m, uint32_t age, const double *end) {
    double at = unit_next(m) * end[BIRTHS - 1];
    uint32_t b = 0;
    while (b < BIRTHS - 1 && end[b] <= at) {
        b++;
    }
    uint32_t now = age < PARENT_FROM ? age + QON_SYNTH_MOTHER_YOUNGEST + b : age - QON_SYNTH_MOTHER_YOUNGEST - b;
    return m->nest->order[1][m->host_first[now] + below_next(m, m->host_first[now + 1] - m->host_first[now])];
}

static void guest_place(struct qon_synth_making *m, uint32_t unit, const double *end) {
    struct qon_synth_nest *nest = m->nest;
    uint32_t age = adult_age(nest, unit);
    uint32_t size = nest->members[unit];
    uint32_t host = QON_NONE;
    for (int try = 0; try < TRIES && end[BIRTHS - 1] > 0; try++) {
        uint32_t drawn = host_draw(m, age, end);
        if (nest->members[drawn] + size <= MEMBERS_USUAL) {
            host = drawn;
            break;
        }
    }
    bool child = host != QON_NONE && age < PARENT_FROM;
    if (host == QON_NONE) { // any household with room, the search beginning anywhere
        uint32_t at = below_next(m, m->heads);
        uint32_t limit = MEMBERS_USUAL;
        for (uint32_t i = 0; host == QON_NONE; i++) {
            uint32_t candidate = nest->order[0][(at + i) % m->heads];
            host = nest->members[candidate] + size <= limit ? candidate : QON_NONE;
            limit = i > m->heads ? UINT8_MAX : limit;
            QON_REQUIRE(i <= 3 * m->heads + 3);
        }
    }
    nest->role[unit] = child ? QON_OFFSPRING : QON_OTHER_MEMBER;
    nest->grown[host] += child;
    nest->members[host] = (uint8_t)(nest->members[host] + size);
    nest->link[unit] = nest->link[host];
    nest->link[host] = unit;
}

static void guests_place(struct qon_synth_making *m) {
    double end[BIRTHS];
    uint32_t weighed = QON_AGES;
    for (uint32_t unit = 0; unit < m->units; unit++) {
        if (m->nest->heads[unit]) {
            continue;
        }
        uint32_t age = adult_age(m->nest, unit);
        if (age != weighed) {
            hosts_weigh(m, age, end);
            weighed = age;
        }
        guest_place(m, unit, end);
    }
}

// Gives a legal status to `persons` of those who are citizens so far, whole households in scattered order, the last one perhaps in part.
static void legal_spread(struct qon_synth_making *m, uint32_t first, int legal) {
    const struct qon_synth_zone *plan = &m->s->zone[m->portion->zone];
    struct qon_block *block = m->portion->block;
    uint32_t persons = qon_synth_dealt((uint32_t)plan->stock[legal], 0, plan->portions, m->portion->index);
    uint64_t place = ((uint64_t)m->s->portion_first[m->portion->zone] + m->portion->index) * QON_LEGALS + (uint32_t)legal;
    uint64_t key = qon_synth_key(m->s, QON_DRAW_SYNTHESIS_ATTRIBUTE, QON_SYNTH_SPREAD, place);
    for (uint32_t i = 0; persons > 0; i++) {
        QON_REQUIRE(i < m->households);
        uint32_t household = first + qon_synth_scatter(key, i, m->households);
        for (uint32_t row = block->households.head[household]; row != QON_NONE && persons > 0; row = block->persons.next[row]) {
            if (block->persons.legal[row] == QON_CITIZEN) {
                block->persons.legal[row] = (uint8_t)legal;
                persons--;
            }
        }
    }
}

void qon_synth_households(struct qon_synth_portion *portion, struct qon_synth_nest *nest) {
    struct qon_synth_making m = {.portion = portion, .s = portion->synth, .nest = nest};
    uint32_t persons;
    uint32_t adults;
    uint32_t foreign;
    census(portion, &persons, &adults, &foreign);
    uint32_t units = units_most(persons, adults);
    QON_REQUIRE(persons < nest->most);
    m.households = qon_synth_households_count(portion) - foreign;
    m.adult = units > adults ? 0 : QON_SYNTH_ADULT;
    qon_synth_rows_write_foreign(&m);
    if (m.households == 0) {
        return;
    }
    uint32_t first = portion->block->households.count;
    couples_choose(&m, units);
    couples_pair(&m);
    units_make(&m);
    children_place(&m);
    heads_choose(&m);
    guests_place(&m);
    qon_synth_rows_write(&m);
    legal_spread(&m, first, QON_KANDAS);
    legal_spread(&m, first, QON_EAEU);
}
