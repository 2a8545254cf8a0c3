// SPDX-License-Identifier: GPL-3.0-or-later
// Foreign staff on permit: employers with vacancies that matching left open ask for permits, within the shares of staff of the concept, the
// amounts of the table external_flows by region and category, and the country's quota. ODD tag M-PERMIT-1.
//
// Who gets a permit is decided by rank: an exponential race keyed by (employer, month, category), faster for sectors that use more foreign
// staff. A larger quota only adds employers to those served.
#include "model.h"
#include "programmes.h"
#include "select.h"

#include <math.h>

#include <string.h>

static const struct category {
    const char *flow;
    enum qon_legal legal;
    bool high;  // counts under the cap of categories 1 and 2
    bool quota; // counts under the country's quota
} categories[] = {
    {"permit_1", QON_PERMIT_1, true, true},  {"permit_2", QON_PERMIT_2, true, true},   {"permit_3", QON_PERMIT_3, false, true},
    {"permit_4", QON_PERMIT_4, false, true}, {"seasonal", QON_SEASONAL, false, false},
};
enum { CATEGORIES = sizeof categories / sizeof categories[0] };

struct applicant {
    uint64_t rank; // rank_key of it
    uint32_t employer;
    int32_t wants;
};
QON_SELECT_SMALLEST(struct applicant, select_applicants)
QON_SORT_BY_RANK(struct applicant, sort_by_rank)

// Numbers in the order of the doubles: sorting needs no call for each comparison.
static uint64_t rank_key(double rank) {
    uint64_t bits;
    memcpy(&bits, &rank, sizeof bits);
    return bits >> 63 != 0 ? ~bits : bits | 1ULL << 63;
}

// By rank; of equal ones the employer decides.
static void sort_applicants(struct applicant *list, int64_t count) {
    sort_by_rank(list, count);
    for (int64_t i = 1; i < count; i++) {
        struct applicant item = list[i];
        int64_t j = i;
        for (; j > 0 && item.rank == list[j - 1].rank && item.employer < list[j - 1].employer; j--) {
            list[j] = list[j - 1];
        }
        list[j] = item;
    }
}

static int32_t headroom(const struct qon_world *world, uint32_t employer, bool high) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_employers *e = &world->employers;
    double share = high ? set->employers.foreign_share_cap_12 : set->employers.foreign_share_cap_34;
    share = qon_permit_share(world, e->zone[employer], share);
    int32_t held = high ? e->foreign_12[employer] : e->foreign_34[employer];
    // The new worker is staff too: held + n <= share * (staff + n).
    double room = (share * e->staff[employer] - held) / (share < 1 ? 1 - share : 1);
    int32_t most = 1 + e->staff[employer] / 20; // at most a twentieth of staff in a month
    int32_t wants = e->vacancies[employer] < most ? e->vacancies[employer] : most;
    return room < wants ? (room > 0 ? (int32_t)room : 0) : wants;
}

double qon_permits_most(const struct qon_world *world) {
    double persons = 0;
    for (int32_t r = 0; r < world->regions; r++) {
        for (int c = 0; c < CATEGORIES; c++) {
            persons += qon_external_year(world, categories[c].flow, r) / 12;
        }
    }
    return persons;
}

// The month's reservation all but always suffices. How much room is left must not decide who comes: it differs after a resumption.
static bool room_make(struct qon_world *world, struct qon_block *block) {
    uint32_t persons = block->persons.count, households = block->households.count;
    if (persons < block->persons.capacity && households < block->households.capacity) {
        return true;
    }
    bool made = qon_block_reserve(block, persons + 1024, households + 1024) == QON_OK;
    if (!made) {
        qon_memory_short(world);
    }
    return made;
}

// elsewhere: takes the rows of those whose block another rank has. There they live; here they only count.
static int32_t settle_worker(struct qon_world *world, struct qon_block *elsewhere, uint32_t employer, const struct category *category,
                             uint64_t ordinal) {
    struct qon_employers *e = &world->employers;
    uint64_t id = qon_id_make((uint64_t)employer << 12 | (uint32_t)world->month, ordinal << 4 | category->legal, QON_DRAW_PERMIT);
    struct qon_block *block = qon_owns(world, (int64_t)(id % world->blocks)) ? &world->block[id % world->blocks] : elsewhere;
    struct qon_persons *p = &block->persons;
    if (!room_make(world, block)) {
        return 0;
    }
    struct qon_pcg pcg = qon_pcg_keyed(qon_month_key(world, QON_DRAW_PERMIT), id);
    uint32_t zone = e->zone[employer];
    uint32_t row = qon_person_new(block, id);
    p->birth_month[row] = (int16_t)(world->month - 12 * 25 - (int32_t)qon_below(qon_pcg_next(&pcg), 12 * 25));
    p->arrival_month[row] = (int16_t)world->month;
    p->status_month[row] = (int16_t)world->month;
    p->origin[row] = (uint16_t)world->zones;
    p->sex[row] = qon_unit(qon_pcg_next(&pcg)) < 0.85 ? QON_MALE : QON_FEMALE; // assumption: builders, drillers, managers
    uint32_t top = (uint32_t)world->skills - 1;
    uint32_t skill = category->legal <= QON_PERMIT_3 ? top : category->legal == QON_PERMIT_4 ? top / 2 : 0;
    p->skill[row] = (uint8_t)skill;
    const int32_t *skill_of = world->scenario->tables.educations.skill;
    for (int32_t level = 0; level < world->educations; level++) {
        p->education[row] = skill_of[level] <= (int32_t)skill ? (uint8_t)level : p->education[row];
    }
    p->occupation[row] = (uint8_t)qon_occupation_draw(world, id, zone, skill, qon_life_key(world, QON_DRAW_OCCUPATION));
    p->status[row] = QON_EMPLOYED;
    p->legal[row] = (uint8_t)category->legal;
    p->employer[row] = employer;
    uint32_t cell = (uint32_t)qon_cell(world, zone, p->occupation[row], skill);
    p->wage_tiyn_month[row] = qon_wage_draw(world, id, employer, cell);
    qon_household_start(world, block, row, zone, QON_DRAW_PERMIT);
    qon_person_arrive(world, block, row);
    qon_tally_event(world, block, QON_EVENT_arrivals_permit, zone, 1);
    e->staff[employer]++;
    e->vacancies[employer]--;
    e->foreign_12[employer] += category->high;
    e->foreign_34[employer] += !category->high;
    return 1;
}

int64_t qon_permits_in_force(const struct qon_world *world) {
    int64_t held = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        for (int legal = QON_PERMIT_1; legal <= QON_PERMIT_4; legal++) {
            held += world->tally.legal[z * QON_LEGALS + legal];
        }
    }
    return held;
}

static int64_t quota_left(const struct qon_world *world) {
    int64_t labour_force = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        const int64_t *labour = world->tally.labour + z * QON_LABOURS;
        labour_force += labour[QON_EMPLOYED] + labour[QON_SELF_EMPLOYED] + labour[QON_UNEMPLOYED];
    }
    int64_t quota = (int64_t)(world->scenario->settings.employers.foreign_quota_share * (double)labour_force);
    return quota - qon_permits_in_force(world);
}

static bool may_apply(const struct qon_world *world, uint32_t employer) {
    const struct qon_employers *e = &world->employers;
    return e->vacancies[employer] > 0 && world->scenario->tables.sectors.foreign_factor[e->sector[employer]] > 0;
}

enum { CHUNK = 4096 };

// Chunks leave what they find at their own places; then it is closed up, which keeps the order of rows.
struct finding {
    struct qon_world *world;
    uint32_t *found; // [chunk]
    const struct category *category;
    const int *programme;
    struct applicant *applicants; // [openings_count]
};

// Employers that may ask for permits in some category: found once for all categories.
static void find_openings(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct finding *finding = context;
    struct qon_world *world = finding->world;
    uint32_t *openings = world->model->openings + begin, count = 0;
    for (uint32_t row = (uint32_t)begin; row < (uint32_t)end; row++) {
        if (may_apply(world, row)) {
            openings[count] = row;
            count += headroom(world, row, true) > 0 || headroom(world, row, false) > 0;
        }
    }
    finding->found[begin / CHUNK] = count;
}

static void openings_find(struct qon_world *world, struct finding *finding) {
    struct qon_model *m = world->model;
    qon_par_for(world->employers.count, CHUNK, find_openings, finding);
    m->openings_count = 0;
    for (uint32_t first = 0, c = 0; first < world->employers.count; first += CHUNK, c++) {
        memmove(m->openings + m->openings_count, m->openings + first, finding->found[c] * sizeof *m->openings);
        m->openings_count += finding->found[c];
    }
}

static void find_applicants(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct finding *finding = context;
    const struct qon_world *world = finding->world;
    const struct qon_employers *e = &world->employers;
    const double *factor = world->scenario->tables.sectors.foreign_factor;
    uint64_t key = qon_month_key(world, QON_DRAW_PERMIT);
    struct applicant *out = finding->applicants + begin;
    uint32_t count = 0;
    for (int64_t i = begin; i < end; i++) {
        uint32_t row = world->model->openings[i];
        int32_t wants = may_apply(world, row) ? headroom(world, row, finding->category->high) : 0;
        if (wants > 0) {
            double u = qon_draw_unit(key, row, (uint32_t)finding->category->legal);
            double rank = -qon_log(u) / factor[e->sector[row]];
            int own = finding->programme[world->model->zone_region[e->zone[row]]];
            rank = own >= 0 ? qon_permit_rank(world, own, row, rank) : rank;
            out[count++] = (struct applicant){rank_key(rank), row, wants};
        }
    }
    finding->found[begin / CHUNK] = count;
}

// The applicants of a category grouped by region: list[first[r]..first[r + 1]). first has regions + 2 places.
static void gather(struct finding *finding, struct applicant *list, int64_t *first) {
    const struct qon_world *world = finding->world;
    const int32_t *region = world->model->zone_region;
    int64_t openings = world->model->openings_count;
    qon_par_for(openings, CHUNK, find_applicants, finding);
    for (int32_t r = 0; r < world->regions + 2; r++) {
        first[r] = 0;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t begin = 0; begin < openings; begin += CHUNK) {
            const struct applicant *own = finding->applicants + begin;
            for (uint32_t i = 0; i < finding->found[begin / CHUNK]; i++) {
                int64_t *place = &first[region[world->employers.zone[own[i].employer]] + 1];
                if (pass == 0) {
                    place[1]++;
                } else {
                    list[(*place)++] = own[i];
                }
            }
        }
        for (int32_t r = 1; pass == 0 && r < world->regions + 2; r++) {
            first[r] += first[r - 1];
        }
    }
}

// programme: room for one of each region.
static void serve(struct qon_world *world, struct qon_block *elsewhere, const struct category *category, int *programme,
                  struct finding *finding, struct applicant *list, int64_t *first) {
    uint64_t key = qon_month_key(world, QON_DRAW_PERMIT);
    int64_t quota = category->quota ? quota_left(world) : INT64_MAX;
    for (int32_t r = 0; r < world->regions; r++) {
        programme[r] = qon_permit_programme(world, (int)(category - categories), r);
    }
    finding->category = category;
    finding->programme = programme;
    gather(finding, list, first);
    for (int32_t r = 0; r < world->regions; r++) {
        double u = qon_draw_unit(key, (uint64_t)r << 8 | (uint32_t)category->legal, 9);
        int64_t places = qon_round_random(qon_external_year(world, category->flow, r) / 12 / world->scenario->scale, u);
        if (programme[r] >= 0) { // its places stand instead of the table's
            places = qon_permit_places(world, programme[r], r, u);
        }
        struct applicant *own = list + first[r];
        int64_t count = first[r + 1] - first[r];
        int64_t heard = places < count ? places : count; // each wants at least one place
        select_applicants(own, count, heard);
        sort_applicants(own, heard);
        for (int64_t i = 0; i < heard && own[i].rank < rank_key(HUGE_VAL); i++) {
            for (int32_t n = 0; n < own[i].wants && places > 0 && quota > 0; n++) {
                int32_t settled = settle_worker(world, elsewhere, own[i].employer, category, (uint64_t)n);
                places -= settled;
                quota -= settled;
                if (programme[r] >= 0 && settled > 0) {
                    qon_permit_taken(world, programme[r], world->employers.zone[own[i].employer]);
                }
            }
        }
    }
}

enum qon_status qon_permits(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct applicant *list = NULL;
    int64_t *first = NULL;
    int *programme = NULL;
    struct finding finding = {.world = world};
    struct qon_block elsewhere = {.index = 0};
    if (!world->scenario->settings.feedback.markets) { // a permit fills a vacancy that somebody else left open
        return status;
    }
    QON_TRY(qon_take(&programme, (size_t)world->regions, sizeof *programme));
    QON_TRY(qon_take(&first, (size_t)world->regions + 2, sizeof *first));
    QON_TRY(qon_take(&finding.found, world->employers.count / CHUNK + 1, sizeof *finding.found));
    openings_find(world, &finding);
    QON_TRY(qon_take(&finding.applicants, (size_t)world->model->openings_count + 1, sizeof *finding.applicants));
    QON_TRY(qon_take(&list, (size_t)world->model->openings_count + 1, sizeof *list));
    for (int c = 0; c < CATEGORIES; c++) {
        serve(world, &elsewhere, &categories[c], programme, &finding, list, first);
    }
    status = world->model->memory_short ? QON_MACHINE : QON_OK;
done:
    qon_block_free(&elsewhere);
    qon_free(programme);
    qon_free(first);
    qon_free(finding.found);
    qon_free(finding.applicants);
    qon_free(list);
    return status;
}
