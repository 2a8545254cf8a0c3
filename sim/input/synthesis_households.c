// SPDX-License-Identifier: GPL-3.0-or-later
// Households of a portion: couples, children with mothers, adults with their parents or children, and the writing of rows.
//
// Persons are not made first and joined afterwards: a portion is counts by sex and age, and forming a household takes from them. UNITS are
// couples and adults without a partner, ordered by the woman's age (couples), then women, then men; children belong to a unit. Exactly as
// many units head a household as the portion has households, the others are guests of one. So all adults and children find a place, the
// number of households is exact, and scratch is about 30 bytes a person of one portion. ODD tags S-FAMILY-1, S-PAST-1.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/memory.h>
#include <qonys/step.h>
#include <string.h>

enum {
    NOBODY = UINT8_MAX,
    NO_UNIT = QON_NONE,
    MOTHER_YOUNGEST = 17,
    MOTHER_OLDEST = 45,
    BIRTHS = MOTHER_OLDEST - MOTHER_YOUNGEST + 1,
    PARENT_FROM = 60,   // guests from this age on live with a child, younger ones with a parent
    CHILDREN_MOST = 8,  // of one mother at home, unless there is no choice
    MEMBERS_USUAL = 12, // guests choose households that stay below
    MEMBERS_MOST = 200, // what the column of members can hold, with room
    TRIES = 6,
    GAP_MONTHS = 9,       // between children of one mother
    BUCKETS = 1536,       // months of age for pairing
    DEPENDANTS_MOST = 30, // children an adult of a portion may have on average; beyond, children count as adults
    CLASSES = 10,
};
static const double KIN_SHARE = 0.2; // assumption: households with kin in another zone

struct qon_synth_nest {
    uint32_t most;
    uint8_t *woman; // [unit] age, or NOBODY
    uint8_t *man;
    uint8_t *heads;     // [unit] 1: heads a household
    uint8_t *members;   // [unit] persons of the unit; of the whole household for a head
    uint8_t *born;      // [unit] children of the unit
    uint8_t *grown;     // [unit] adult children who are guests
    uint8_t *role;      // [unit] role of a guest
    uint32_t *ages;     // [unit] bit a: has a child of age a
    uint32_t *child;    // [unit] first child
    uint32_t *link;     // [unit] of a head: first guest; of a guest: next guest
    uint32_t *order[2]; // women and men to pair; afterwards heads, and heads with a woman by her age
    uint8_t *child_age;
    uint8_t *child_sex; // bit 1: not the mother's
    uint32_t *child_next;
    struct qon_synth_person *person; // in the order in which they are written
};

enum qon_status qon_synth_nest_take(struct qon_synth_nest **out, uint32_t most) {
    enum qon_status status = QON_OK;
    struct qon_synth_nest *nest = NULL;
    uint8_t **bytes[] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    *out = NULL;
    QON_TRY(qon_take(&nest, 1, sizeof *nest));
    nest->most = most + 1;
    bytes[0] = &nest->woman;
    bytes[1] = &nest->man;
    bytes[2] = &nest->heads;
    bytes[3] = &nest->members;
    bytes[4] = &nest->born;
    bytes[5] = &nest->grown;
    bytes[6] = &nest->role;
    bytes[7] = &nest->child_age;
    bytes[8] = &nest->child_sex;
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        QON_TRY(qon_take(bytes[i], nest->most, 1));
    }
    uint32_t **words[] = {&nest->ages, &nest->child, &nest->link, &nest->order[0], &nest->order[1], &nest->child_next};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        QON_TRY(qon_take(words[i], nest->most, sizeof(uint32_t)));
    }
    QON_TRY(qon_take(&nest->person, nest->most, sizeof *nest->person));
done:
    if (status != QON_OK) {
        qon_synth_nest_free(nest);
        nest = NULL;
    }
    *out = nest;
    return status;
}

void qon_synth_nest_free(struct qon_synth_nest *nest) {
    if (nest == NULL) {
        return;
    }
    qon_free(nest->woman);
    qon_free(nest->man);
    qon_free(nest->heads);
    qon_free(nest->members);
    qon_free(nest->born);
    qon_free(nest->grown);
    qon_free(nest->role);
    qon_free(nest->child_age);
    qon_free(nest->child_sex);
    qon_free(nest->ages);
    qon_free(nest->child);
    qon_free(nest->link);
    qon_free(nest->order[0]);
    qon_free(nest->order[1]);
    qon_free(nest->child_next);
    qon_free(nest->person);
    qon_free(nest);
}

// A portion in the making.
struct making {
    struct qon_synth_portion *portion;
    const struct qon_synth *s;
    struct qon_synth_nest *nest;
    uint32_t adult;      // first age of adults: QON_SYNTH_ADULT, or 0 in a portion that is nearly all children
    uint32_t households; // of those who are not foreign
    uint32_t couples;
    uint32_t units;
    uint32_t coupled[QON_SYNTH_CELLS];   // persons in couples
    uint32_t couple_first[QON_AGES + 1]; // units: couples by the woman's age
    uint32_t woman_first[QON_AGES + 1];  // women without a partner
    uint32_t man_first[QON_AGES + 1];    // men without a partner
    uint32_t heads;                      // in nest->order[0]
    uint32_t host_first[QON_AGES + 1];   // heads with a woman by her age, in nest->order[1]
    uint32_t children;
    uint32_t taken; // of nest->person
};

static double unit_next(struct making *m) {
    return qon_unit(qon_pcg_next(&m->portion->members));
}
static uint32_t below_next(struct making *m, uint32_t n) {
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
static uint32_t couples_count(const struct making *m, const double *want, uint32_t units) {
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
static void couples_pick(struct making *m, const double *want, int sex, uint32_t couples) {
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

static void couples_choose(struct making *m, uint32_t units) {
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
static void couples_order(struct making *m, int sex, uint8_t *age_of, uint32_t *order) {
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
static void couples_pair(struct making *m) {
    struct qon_synth_nest *nest = m->nest;
    uint8_t *man_age = nest->child_age; // free until children come
    couples_order(m, QON_FEMALE, nest->woman, nest->order[0]);
    couples_order(m, QON_MALE, man_age, nest->order[1]);
    for (uint32_t j = 0; j < m->couples; j++) {
        nest->man[nest->order[0][j]] = man_age[nest->order[1][j]];
    }
}

static void units_make(struct making *m) {
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
            memset((sex == QON_FEMALE ? nest->man : nest->woman) + at, NOBODY, count);
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

static void mothers_weigh(const struct making *m, uint32_t age, struct mothers *w) {
    double sum = 0;
    for (uint32_t b = 0; b < BIRTHS; b++) {
        uint32_t now = age + MOTHER_YOUNGEST + b;
        if (now < QON_AGES) {
            double coupled = m->couple_first[now + 1] - m->couple_first[now];
            double single = m->woman_first[now + 1] - m->woman_first[now];
            sum += m->s->fertility[MOTHER_YOUNGEST + b] * (coupled * w->coupled + single * w->single);
        }
        w->end[b] = sum;
    }
}

static uint32_t mother_draw(struct making *m, uint32_t age, const struct mothers *w) {
    double at = unit_next(m) * w->end[BIRTHS - 1];
    uint32_t b = 0;
    while (b < BIRTHS - 1 && w->end[b] <= at) {
        b++;
    }
    uint32_t now = age + MOTHER_YOUNGEST + b;
    at = (at - (b == 0 ? 0 : w->end[b - 1])) / m->s->fertility[MOTHER_YOUNGEST + b];
    uint32_t couples = m->couple_first[now + 1] - m->couple_first[now];
    uint32_t women = m->woman_first[now + 1] - m->woman_first[now];
    if (couples > 0 && (at < couples * w->coupled || women == 0)) {
        uint32_t i = (uint32_t)(at / w->coupled);
        return m->couple_first[now] + (i < couples ? i : couples - 1);
    }
    uint32_t i = (uint32_t)((at - couples * w->coupled) / w->single);
    return m->woman_first[now] + (i < women ? i : women - 1);
}

static void child_add(struct making *m, uint32_t age, int sex, const struct mothers *w) {
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
static void children_place(struct making *m) {
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
    return nest->woman[unit] != NOBODY ? nest->woman[unit] : nest->man[unit];
}

// Classes of adults without a partner by age and children, and how likely each is to head a household (assumption).
static uint32_t class_of(const struct qon_synth_nest *nest, uint32_t unit) {
    uint32_t age = adult_age(nest, unit);
    uint32_t by_age = age < 25 ? 0 : age < 30 ? 1 : age < 45 ? 2 : age < 65 ? 3 : 4;
    return by_age + (nest->child[unit] != NO_UNIT ? CLASSES / 2 : 0);
}
static const double CLASS_WEIGHT[CLASSES] = {0.12, 0.3, 0.7, 0.85, 0.7, 0.5, 0.7, 0.9, 0.95, 0.9};

// Marks exactly `wanted` of the units without a partner as heads: weights scaled until they add up, then every whole step of the sum.
static void heads_single(struct making *m, uint32_t wanted) {
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
static void heads_choose(struct making *m) {
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
static void hosts_weigh(const struct making *m, uint32_t age, double *end) {
    double sum = 0;
    for (uint32_t b = 0; b < BIRTHS; b++) {
        uint32_t years = MOTHER_YOUNGEST + b;
        uint32_t now = age < PARENT_FROM ? age + years : age - years;
        if (now < QON_AGES) {
            double weight = age < PARENT_FROM ? m->s->fertility[years] : 1.0;
            sum += weight * (m->host_first[now + 1] - m->host_first[now]);
        }
        end[b] = sum;
    }
}

static uint32_t host_draw(struct making *m, uint32_t age, const double *end) {
    double at = unit_next(m) * end[BIRTHS - 1];
    uint32_t b = 0;
    while (b < BIRTHS - 1 && end[b] <= at) {
        b++;
    }
    uint32_t now = age < PARENT_FROM ? age + MOTHER_YOUNGEST + b : age - MOTHER_YOUNGEST - b;
    return m->nest->order[1][m->host_first[now] + below_next(m, m->host_first[now + 1] - m->host_first[now])];
}

static void guest_place(struct making *m, uint32_t unit, const double *end) {
    struct qon_synth_nest *nest = m->nest;
    uint32_t age = adult_age(nest, unit);
    uint32_t size = nest->members[unit];
    uint32_t host = NO_UNIT;
    for (int try = 0; try < TRIES && end[BIRTHS - 1] > 0; try++) {
        uint32_t drawn = host_draw(m, age, end);
        if (nest->members[drawn] + size <= MEMBERS_USUAL) {
            host = drawn;
            break;
        }
    }
    bool child = host != NO_UNIT && age < PARENT_FROM;
    if (host == NO_UNIT) { // any household with room, the search beginning anywhere
        uint32_t at = below_next(m, m->heads);
        uint32_t limit = MEMBERS_USUAL;
        for (uint32_t i = 0; host == NO_UNIT; i++) {
            uint32_t candidate = nest->order[0][(at + i) % m->heads];
            host = nest->members[candidate] + size <= limit ? candidate : NO_UNIT;
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

static void guests_place(struct making *m) {
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

// ---- Rows.

// A household being written.
struct writing {
    struct making *m;
    struct qon_persons *p;
    uint32_t household;
    uint32_t first; // row of the head
    uint32_t row;   // next row
};

static uint64_t id_at(const struct writing *w, uint32_t ahead) {
    return w->m->portion->block->founder_id + w->row + ahead;
}

static void person_write(struct writing *w, const struct qon_synth_person *person, uint32_t month_of_age, uint32_t children) {
    const struct qon_synth_portion *portion = w->m->portion;
    struct qon_persons *p = w->p;
    uint32_t row = w->row++;
    p->household[row] = w->household;
    p->next[row] = QON_NONE;
    if (row > w->first) {
        p->next[row - 1] = row;
    }
    p->employer[row] = person->employer;
    p->wage_tiyn_month[row] = person->wage_tiyn_month;
    p->birth_month[row] = (int16_t)(w->m->s->scenario->start - 12 * (int32_t)person->age - (int32_t)month_of_age);
    p->arrival_month[row] = QON_ALWAYS;
    p->status_month[row] = QON_ALWAYS;
    p->origin[row] = (uint16_t)portion->zone;
    p->sex[row] = person->sex;
    p->education[row] = person->education;
    p->occupation[row] = person->occupation;
    p->skill[row] = person->skill;
    p->status[row] = person->status;
    p->legal[row] = person->legal;
    p->role[row] = person->role;
    p->children[row] = (uint8_t)children;
}

static uint32_t month_next(struct writing *w) {
    return qon_below(qon_pcg_next(&w->m->portion->ages), 12);
}

// Children ever born: those at home, and those who have grown up as the fertility of earlier years has it.
static uint32_t children_of(struct writing *w, uint32_t unit) {
    struct qon_synth_nest *nest = w->m->nest;
    uint32_t age = nest->woman[unit];
    uint32_t grown = 0;
    if (age >= QON_SYNTH_ADULT + MOTHER_YOUNGEST) {
        grown = (uint32_t)qon_round_random(w->m->s->fertility_before[age - QON_SYNTH_ADULT], qon_unit(qon_pcg_next(&w->m->portion->ages)));
    }
    return nest->born[unit] + (grown > nest->grown[unit] ? grown : nest->grown[unit]);
}

// Children of a unit, oldest first; siblings are born at least nine months apart, or together.
static void children_write(struct writing *w, uint32_t unit, bool guests) {
    const struct qon_synth_nest *nest = w->m->nest;
    uint32_t age_before = NOBODY;
    uint32_t month_before = 0;
    for (uint32_t child = nest->child[unit]; child != QON_NONE; child = nest->child_next[child]) {
        uint32_t age = nest->child_age[child];
        uint32_t month = month_next(w);
        if (age == age_before || (age + 1 == age_before && 12 + month_before < month + GAP_MONTHS)) {
            month = month_before;
        }
        struct qon_synth_person person = nest->person[w->m->taken++];
        person.role = guests || (nest->child_sex[child] & 2U) ? QON_OTHER_MEMBER : QON_OFFSPRING;
        person_write(w, &person, month, 0);
        age_before = age;
        month_before = month;
    }
}

// Income by which the main earner of a couple is found.
static double earnings(const struct making *m, const struct qon_synth_person *person) {
    if (person->status == QON_SELF_EMPLOYED) {
        int64_t cell = qon_cell(m->s->world, m->portion->zone, person->occupation, person->skill);
        return m->s->scenario->settings.labour.informal_income_share * m->s->world->places.wage_tiyn[cell];
    }
    return person->wage_tiyn_month;
}

// The adults of a unit: of a couple that heads a household the main earner comes first.
static void adults_write(struct writing *w, uint32_t unit, bool guest) {
    struct making *m = w->m;
    const struct qon_synth_nest *nest = m->nest;
    struct qon_synth_person man = {0};
    struct qon_synth_person woman = {0};
    uint32_t children = 0;
    bool has_man = nest->man[unit] != NOBODY;
    bool has_woman = nest->woman[unit] != NOBODY;
    if (has_man) {
        man = nest->person[m->taken++];
    }
    if (has_woman) {
        woman = nest->person[m->taken++];
        children = children_of(w, unit);
    }
    bool woman_first = !has_man || (has_woman && !guest && earnings(m, &woman) > earnings(m, &man));
    uint8_t first_role = guest ? nest->role[unit] : QON_HEAD;
    uint8_t second_role = guest ? QON_OTHER_MEMBER : QON_SPOUSE;
    man.role = woman_first ? second_role : first_role;
    woman.role = woman_first ? first_role : second_role;
    for (int turn = 0; turn < 2; turn++) {
        bool is_woman = woman_first == (turn == 0);
        if (is_woman ? has_woman : has_man) {
            person_write(w, is_woman ? &woman : &man, month_next(w), is_woman ? children : 0);
        }
    }
}

static uint16_t kin_draw(const struct qon_synth *s, uint32_t zone, uint64_t id) {
    uint64_t key = s->key_kin;
    if (s->kin_end == NULL || qon_draw_unit(key, id, 0) >= KIN_SHARE) {
        return (uint16_t)zone;
    }
    const float *end = s->kin_end + (size_t)zone * (uint32_t)s->zones;
    float at = (float)qon_draw_unit(key, id, 1) * end[s->zones - 1];
    uint32_t low = 0;
    for (uint32_t count = (uint32_t)s->zones; count > 1;) {
        uint32_t half = count / 2;
        low += end[low + half - 1] <= at ? half : 0;
        count -= half;
    }
    return (uint16_t)(end[s->zones - 1] > 0 ? low : zone);
}

// When the household came to the zone, if that was less than trigger.tenure_months ago: moves before the start follow the schedule by the
// age of the head, so that the first month has its recent movers too.
static int16_t arrival_draw(const struct writing *w, uint64_t id) {
    const struct qon_settings *set = &w->m->s->scenario->settings;
    uint64_t key = qon_key(w->m->s->scenario->seed, QON_DRAW_SYNTHESIS_HOUSEHOLD, 2);
    double age = (w->m->s->scenario->start - w->p->birth_month[w->first]) / 12.0;
    double rate = set->trigger.start_moves_factor * qon_rogers_castro(set, age);
    double months_ago = rate > 0 ? -12 * qon_log(qon_draw_unit(key, id, 0)) / rate : 1e9;
    return months_ago < set->trigger.tenure_months ? (int16_t)(w->m->s->scenario->start - 1 - (int32_t)months_ago) : QON_ALWAYS;
}

// The last life event: jobs ended before the start too, so that the first month is like those that follow. Each employee's job has ended at
// the yearly rate of separations.
static int16_t event_draw(const struct writing *w, uint64_t id) {
    const struct qon_settings *set = &w->m->s->scenario->settings;
    uint64_t key = qon_key(w->m->s->scenario->seed, QON_DRAW_SYNTHESIS_HOUSEHOLD, 1);
    int32_t workers = 0;
    for (uint32_t row = w->first; row < w->row; row++) {
        workers += w->p->status[row] == QON_EMPLOYED;
    }
    double rate = set->labour.separation_prob_month * workers;
    double months_ago = rate > 0 ? -qon_log(qon_draw_unit(key, id, 0)) / rate : 1200;
    return months_ago < 24 ? (int16_t)(w->m->s->scenario->start - 1 - (int32_t)months_ago) : QON_ALWAYS;
}

static void household_write(const struct writing *w, uint32_t members, bool coupled, bool foreign) {
    const struct qon_synth *s = w->m->s;
    struct qon_block *block = w->m->portion->block;
    struct qon_households *h = &block->households;
    uint32_t row = w->household;
    uint32_t zone = w->m->portion->zone;
    uint64_t id = block->founder_household_id + row;
    uint64_t key = s->key_money;
    double normal = qon_normal_quantile(qon_draw_unit(key, id, 0));
    double median = s->scenario->settings.choice.savings_months_mean * s->tables->zones.wage_tenge_month[zone];
    double savings_tenge = median * qon_exp(s->scenario->settings.choice.savings_sd * normal);
    QON_REQUIRE(members == w->row - w->first && members <= UINT8_MAX);
    h->savings_tiyn[row] = (int64_t)(100.0 * fmin(savings_tenge, 1e12));
    h->head[row] = w->first;
    h->zone[row] = (uint16_t)zone;
    h->kin[row] = foreign ? (uint16_t)zone : kin_draw(s, zone, id);
    int16_t came = foreign ? QON_ALWAYS : arrival_draw(w, id);
    for (uint32_t m = w->first; came != QON_ALWAYS && m < w->row; m++) {
        w->p->arrival_month[m] = came;
        w->p->origin[m] = h->kin[row];
    }
    h->savings_month[row] = (int16_t)s->scenario->start;
    h->moved_month[row] = came;
    h->event_month[row] = event_draw(w, id);
    h->members[row] = (uint8_t)members;
    h->owner[row] = !foreign && came == QON_ALWAYS && qon_draw_unit(key, id, 1) < s->scenario->settings.choice.owner_share;
    h->coupled[row] = coupled;
}

static struct writing writing_begin(struct making *m) {
    struct qon_block *block = m->portion->block;
    uint32_t row = block->persons.count;
    QON_REQUIRE(block->households.count < block->households.capacity);
    return (struct writing){m, &block->persons, block->households.count, row, row};
}

static void writing_end(const struct writing *w) {
    w->m->portion->block->persons.count = w->row;
    w->m->portion->block->households.count++;
}

static void foreign_write(struct making *m) {
    for (uint32_t c = 0; c < QON_SYNTH_CELLS; c++) {
        for (uint32_t i = 0; i < m->portion->foreign[c]; i++) {
            struct writing w = writing_begin(m);
            struct qon_synth_person person = qon_synth_foreign_next(m->portion, c, id_at(&w, 0));
            person.role = QON_HEAD;
            person_write(&w, &person, month_next(&w), 0);
            household_write(&w, 1, false, true);
            writing_end(&w);
        }
    }
}

static uint32_t unit_make(struct making *m, uint32_t unit, uint64_t first_id, uint32_t n) {
    struct qon_synth_nest *nest = m->nest;
    if (nest->man[unit] != NOBODY) {
        nest->person[n] = qon_synth_person_next(m->portion, nest->man[unit], first_id + n);
        n++;
    }
    if (nest->woman[unit] != NOBODY) {
        nest->person[n] = qon_synth_person_next(m->portion, (uint32_t)QON_AGES + nest->woman[unit], first_id + n);
        n++;
    }
    for (uint32_t child = nest->child[unit]; child != QON_NONE; child = nest->child_next[child], n++) {
        uint32_t cell = (nest->child_sex[child] & 1U) * QON_AGES + nest->child_age[child];
        nest->person[n] = qon_synth_person_next(m->portion, cell, first_id + n);
    }
    return n;
}

// Everybody of the portion in the order of writing, with job and employer, before any row is written.
static void persons_make(struct making *m) {
    const struct qon_synth_nest *nest = m->nest;
    uint64_t first_id = m->portion->block->founder_id + m->portion->block->persons.count;
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->heads; i++) {
        n = unit_make(m, nest->order[0][i], first_id, n);
        for (uint32_t guest = nest->link[nest->order[0][i]]; guest != NO_UNIT; guest = nest->link[guest]) {
            n = unit_make(m, guest, first_id, n);
        }
    }
    qon_synth_employers_find(m->s, m->portion->zone, first_id, nest->person, n);
    m->taken = 0;
}

static void heads_write(struct making *m) {
    const struct qon_synth_nest *nest = m->nest;
    persons_make(m);
    for (uint32_t i = 0; i < m->heads; i++) {
        uint32_t unit = nest->order[0][i];
        struct writing w = writing_begin(m);
        adults_write(&w, unit, false);
        children_write(&w, unit, false);
        for (uint32_t guest = nest->link[unit]; guest != NO_UNIT; guest = nest->link[guest]) {
            adults_write(&w, guest, true);
            children_write(&w, guest, true);
        }
        household_write(&w, nest->members[unit], unit < m->couples, false);
        writing_end(&w);
    }
}

// Gives a legal status to `persons` of those who are citizens so far, whole households in scattered order, the last one perhaps in part.
static void legal_spread(struct making *m, uint32_t first, int legal) {
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
    struct making m = {.portion = portion, .s = portion->synth, .nest = nest};
    uint32_t persons;
    uint32_t adults;
    uint32_t foreign;
    census(portion, &persons, &adults, &foreign);
    uint32_t units = units_most(persons, adults);
    QON_REQUIRE(persons < nest->most);
    m.households = qon_synth_households_count(portion) - foreign;
    m.adult = units > adults ? 0 : QON_SYNTH_ADULT;
    foreign_write(&m);
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
    heads_write(&m);
    legal_spread(&m, first, QON_KANDAS);
    legal_spread(&m, first, QON_EAEU);
}
