// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the households of a portion: adults, the main earner first, then children, the oldest first; each unit of the household in turn.
// What a person needs besides sex and age (education, status, job) is drawn for the whole portion before, so that employers are found at
// once. ODD tag S-PAST-1.
#include "synthesis_nest.h"

#include <math.h>
#include <qonys/explog.h>

enum {
    GAP_MONTHS = 9, // between children of one mother
    TOGETHER = 128, // households whose past is drawn together
};
static const double KIN_SHARE = 0.2; // assumption: households with kin in another zone

// A household being written.
struct writing {
    struct qon_synth_making *m;
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
    if (age >= QON_SYNTH_ADULT + QON_SYNTH_MOTHER_YOUNGEST) {
        grown = (uint32_t)qon_round_random(w->m->s->fertility_before[age - QON_SYNTH_ADULT], qon_unit(qon_pcg_next(&w->m->portion->ages)));
    }
    return nest->born[unit] + (grown > nest->grown[unit] ? grown : nest->grown[unit]);
}

// Children of a unit, oldest first; siblings are born at least nine months apart, or together.
static void children_write(struct writing *w, uint32_t unit, bool guests) {
    const struct qon_synth_nest *nest = w->m->nest;
    uint32_t age_before = QON_SYNTH_NOBODY;
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
static double earnings(const struct qon_synth_making *m, const struct qon_synth_person *person) {
    if (person->status == QON_SELF_EMPLOYED) {
        int64_t cell = qon_cell(m->s->world, m->portion->zone, person->occupation, person->skill);
        return m->s->scenario->settings.labour.informal_income_share * m->s->world->places.wage_tiyn[cell];
    }
    return person->wage_tiyn_month;
}

// The adults of a unit: of a couple that heads a household the main earner comes first.
static void adults_write(struct writing *w, uint32_t unit, bool guest) {
    struct qon_synth_making *m = w->m;
    const struct qon_synth_nest *nest = m->nest;
    struct qon_synth_person man = {0};
    struct qon_synth_person woman = {0};
    uint32_t children = 0;
    bool has_man = nest->man[unit] != QON_SYNTH_NOBODY;
    bool has_woman = nest->woman[unit] != QON_SYNTH_NOBODY;
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

// What came before the start, of some households of one zone: their chance numbers, drawn as vectors.
struct past {
    uint64_t id[TOGETHER];
    double savings[TOGETHER];               // factor on the median
    double came[TOGETHER], event[TOGETHER]; // -ln of uniform numbers: how much hazard passed since
};

static void past_draw(const struct qon_synth *s, uint64_t first_id, uint32_t count, struct past *past) {
    static const uint32_t number[TOGETHER]; // 0
    uint64_t seed = s->scenario->seed;
    for (uint32_t i = 0; i < count; i++) {
        past->id[i] = first_id + i;
    }
    s->kernels->normals(s->key_money, past->id, number, count, past->savings);
    for (uint32_t i = 0; i < count; i++) {
        past->savings[i] *= s->scenario->settings.choice.savings_sd;
    }
    s->kernels->exps(past->savings, count);
    s->kernels->times(qon_key(seed, QON_DRAW_SYNTHESIS_HOUSEHOLD, 2), past->id, 0, count, past->came);
    s->kernels->times(qon_key(seed, QON_DRAW_SYNTHESIS_HOUSEHOLD, 1), past->id, 0, count, past->event);
}

// When the household came to the zone, if that was less than trigger.tenure_months ago: moves before the start follow the schedule by the
// age of the head, so that the first month has its recent movers too.
static int16_t came_month(const struct qon_synth *s, int32_t birth_month, double hazard) {
    int32_t start = s->scenario->start;
    double rate = s->move_rate[start - birth_month];
    double months_ago = rate > 0 ? 12 * hazard / rate : 1e9;
    return months_ago < s->scenario->settings.trigger.tenure_months ? (int16_t)(start - 1 - (int32_t)months_ago) : QON_ALWAYS;
}

// The last life event: jobs ended before the start too, so that the first month is like those that follow. Each employee's job has ended at
// the yearly rate of separations.
static int16_t event_month(const struct qon_synth *s, const struct qon_persons *p, uint32_t first, uint32_t end, double hazard) {
    int32_t workers = 0;
    for (uint32_t row = first; row < end; row++) {
        workers += p->status[row] == QON_EMPLOYED;
    }
    double rate = s->scenario->settings.labour.separation_prob_month * workers;
    double months_ago = rate > 0 ? hazard / rate : 1200;
    return months_ago < 24 ? (int16_t)(s->scenario->start - 1 - (int32_t)months_ago) : QON_ALWAYS;
}

// The households from..to-1 have their members by now; at most TOGETHER.
static void past_write(const struct qon_synth_making *m, uint32_t from, uint32_t to, bool foreign) {
    const struct qon_synth *s = m->s;
    struct qon_households *h = &m->portion->block->households;
    struct qon_persons *p = &m->portion->block->persons;
    uint32_t zone = m->portion->zone;
    double median = s->scenario->settings.choice.savings_months_mean * s->tables->zones.wage_tenge_month[zone];
    struct past past = {.id = {0}};
    past_draw(s, m->portion->block->founder_household_id + from, to - from, &past);
    for (uint32_t row = from; row < to; row++) {
        uint64_t id = past.id[row - from];
        uint32_t first = h->head[row], end = first + h->members[row];
        h->savings_tiyn[row] = (int64_t)(100.0 * fmin(median * past.savings[row - from], 1e12));
        h->savings_month[row] = (int16_t)s->scenario->start;
        h->kin[row] = foreign ? (uint16_t)zone : kin_draw(s, zone, id);
        int16_t came = foreign ? QON_ALWAYS : came_month(s, p->birth_month[first], past.came[row - from]);
        for (uint32_t person = first; came != QON_ALWAYS && person < end; person++) {
            p->arrival_month[person] = came;
            p->origin[person] = h->kin[row];
        }
        h->moved_month[row] = came;
        h->event_month[row] = event_month(s, p, first, end, past.event[row - from]);
        h->owner[row] = !foreign && came == QON_ALWAYS && qon_draw_unit(s->key_money, id, 1) < s->scenario->settings.choice.owner_share;
    }
}

static void household_write(const struct writing *w, uint32_t members, bool coupled) {
    struct qon_households *h = &w->m->portion->block->households;
    uint32_t row = w->household;
    QON_REQUIRE(members == w->row - w->first && members <= UINT8_MAX);
    h->head[row] = w->first;
    h->zone[row] = (uint16_t)w->m->portion->zone;
    h->members[row] = (uint8_t)members;
    h->coupled[row] = coupled;
}

static struct writing writing_begin(struct qon_synth_making *m) {
    struct qon_block *block = m->portion->block;
    uint32_t row = block->persons.count;
    QON_REQUIRE(block->households.count < block->households.capacity);
    return (struct writing){m, &block->persons, block->households.count, row, row};
}

// from: first household whose past is not written yet.
static void writing_end(const struct writing *w, bool foreign, uint32_t *from) {
    struct qon_block *block = w->m->portion->block;
    block->persons.count = w->row;
    block->households.count++;
    if (block->households.count - *from == TOGETHER) {
        past_write(w->m, *from, block->households.count, foreign);
        *from = block->households.count;
    }
}

void qon_synth_rows_write_foreign(struct qon_synth_making *m) {
    uint32_t from = m->portion->block->households.count;
    for (uint32_t c = 0; c < QON_SYNTH_CELLS; c++) {
        for (uint32_t i = 0; i < m->portion->foreign[c]; i++) {
            struct writing w = writing_begin(m);
            struct qon_synth_person person = qon_synth_foreign_next(m->portion, c, id_at(&w, 0));
            person.role = QON_HEAD;
            person_write(&w, &person, month_next(&w), 0);
            household_write(&w, 1, false);
            writing_end(&w, true, &from);
        }
    }
    past_write(m, from, m->portion->block->households.count, true);
}

static uint32_t unit_make(struct qon_synth_making *m, uint32_t unit, uint64_t first_id, uint32_t n) {
    struct qon_synth_nest *nest = m->nest;
    if (nest->man[unit] != QON_SYNTH_NOBODY) {
        nest->person[n] = qon_synth_person_next(m->portion, nest->man[unit], first_id + n);
        n++;
    }
    if (nest->woman[unit] != QON_SYNTH_NOBODY) {
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
static void persons_make(struct qon_synth_making *m) {
    const struct qon_synth_nest *nest = m->nest;
    uint64_t first_id = m->portion->block->founder_id + m->portion->block->persons.count;
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->heads; i++) {
        n = unit_make(m, nest->order[0][i], first_id, n);
        for (uint32_t guest = nest->link[nest->order[0][i]]; guest != QON_NONE; guest = nest->link[guest]) {
            n = unit_make(m, guest, first_id, n);
        }
    }
    qon_synth_employers_find(m->s, m->portion->zone, first_id, nest->person, n);
    m->taken = 0;
}

void qon_synth_rows_write(struct qon_synth_making *m) {
    const struct qon_synth_nest *nest = m->nest;
    uint32_t from = m->portion->block->households.count;
    persons_make(m);
    for (uint32_t i = 0; i < m->heads; i++) {
        uint32_t unit = nest->order[0][i];
        struct writing w = writing_begin(m);
        adults_write(&w, unit, false);
        children_write(&w, unit, false);
        for (uint32_t guest = nest->link[unit]; guest != QON_NONE; guest = nest->link[guest]) {
            adults_write(&w, guest, true);
            children_write(&w, guest, true);
        }
        household_write(&w, nest->members[unit], unit < m->couples);
        writing_end(&w, false, &from);
    }
    past_write(m, from, m->portion->block->households.count, false);
}
