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
#include <qonys/kernels.h>
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

// An employer whose vacancies matching left open and who may ask for permits.
struct opening {
    double speed; // in the race: the sector's factor
    uint32_t employer;
    int32_t wants[2]; // of category 3, 4 and seasonal; of category 1 and 2
};

struct applicant {
    uint64_t rank;    // rank_key of it
    uint32_t opening; // place in the list
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

// By rank; of equal ones the employer decides: openings of a region stand in the order of employers.
static void sort_applicants(struct applicant *list, int64_t count) {
    sort_by_rank(list, count);
    for (int64_t i = 1; i < count; i++) {
        struct applicant item = list[i];
        int64_t j = i;
        for (; j > 0 && item.rank == list[j - 1].rank && item.opening < list[j - 1].opening; j--) {
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
    room = room < wants ? room : wants;
    return room > 0 ? (int32_t)room : 0;
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

enum { CHUNK = 4096, TOGETHER = 256 };

struct finding {
    struct qon_world *world;
    uint32_t *found;         // [chunk] leave what they find at their own places
    struct opening *opening; // region by region, in the order of employers
    int64_t *first;          // [regions + 1] into them
    int64_t *count;          // [regions] how many of the region's places are openings
    const struct category *category;
    int *programme;              // [regions] that administers the category there; -1: none
    int64_t *places;             // [regions]
    struct applicant *applicant; // as opening
    int64_t *applicants;         // [regions]
};

// Employers with open vacancies in sectors that use foreign staff: few, and found without a branch that chance decides.
static void find_employers(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct finding *finding = context;
    const struct qon_world *world = finding->world;
    const struct qon_employers *e = &world->employers;
    const double *factor = world->scenario->tables.sectors.foreign_factor;
    uint32_t *found = world->model->openings + begin, count = 0;
    for (uint32_t row = (uint32_t)begin; row < (uint32_t)end; row++) {
        found[count] = row;
        count += (uint32_t)(e->vacancies[row] > 0) & (uint32_t)(factor[e->sector[row]] > 0);
    }
    finding->found[begin / CHUNK] = count;
}

static void wants_find(const struct qon_world *world, struct opening *opening) {
    opening->wants[0] = headroom(world, opening->employer, false);
    opening->wants[1] = headroom(world, opening->employer, true);
}

// Of a region's employers those who have room for somebody.
static void find_openings(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct finding *finding = context;
    const double *factor = finding->world->scenario->tables.sectors.foreign_factor;
    for (int64_t r = begin; r < end; r++) {
        struct opening *own = finding->opening + finding->first[r];
        int64_t count = 0;
        for (int64_t i = 0; i < finding->first[r + 1] - finding->first[r]; i++) {
            own[count].employer = own[i].employer;
            own[count].speed = factor[finding->world->employers.sector[own[i].employer]];
            wants_find(finding->world, &own[count]);
            count += (own[count].wants[0] | own[count].wants[1]) > 0;
        }
        finding->count[r] = count;
    }
}

// Kept from month to month: fresh pages of so many would cost more than what is written to them.
static enum qon_status room_for_openings(struct qon_model *m, int64_t most) {
    enum qon_status status = QON_OK;
    if (most > m->permit_openings) {
        qon_free(m->permit_opening);
        qon_free(m->permit_applicant);
        m->permit_opening = m->permit_applicant = NULL;
        m->permit_openings = 0;
        QON_TRY(qon_take(&m->permit_opening, (size_t)(most + most / 4), sizeof(struct opening)));
        QON_TRY(qon_take(&m->permit_applicant, (size_t)(most + most / 4), sizeof(struct applicant)));
        m->permit_openings = most + most / 4;
    }
done:
    return status;
}

static enum qon_status openings_find(struct finding *finding) {
    enum qon_status status = QON_OK;
    struct qon_world *world = finding->world;
    const uint32_t *employers = world->model->openings;
    const int32_t *region = world->model->zone_region;
    int64_t *first = finding->first, chunks = (world->employers.count + CHUNK - 1) / CHUNK;
    qon_par_for(world->employers.count, CHUNK, find_employers, finding);
    for (int64_t c = 0; c < chunks; c++) {
        for (uint32_t i = 0; i < finding->found[c]; i++) {
            first[region[world->employers.zone[employers[c * CHUNK + i]]] + 2]++;
        }
    }
    for (int32_t r = 1; r < world->regions + 2; r++) {
        first[r] += first[r - 1];
    }
    QON_TRY(room_for_openings(world->model, first[world->regions + 1] + TOGETHER));
    finding->opening = world->model->permit_opening;
    finding->applicant = world->model->permit_applicant;
    for (int64_t c = 0; c < chunks; c++) {
        for (uint32_t i = 0; i < finding->found[c]; i++) {
            uint32_t employer = employers[c * CHUNK + i];
            finding->opening[first[region[world->employers.zone[employer]] + 1]++].employer = employer;
        }
    }
    qon_par_for(world->regions, 1, find_openings, finding);
done:
    return status;
}

// The chance by which a month's places become whole.
static double places_draw(const struct qon_world *world, const struct category *category, int32_t region) {
    return qon_draw_unit(qon_month_key(world, QON_DRAW_PERMIT), (uint64_t)region << 8 | (uint32_t)category->legal, 9);
}

// Of the table. Where a programme administers the category, its own stand instead, and how many depends on the regions served before.
static void places_make(struct finding *finding) {
    const struct qon_world *world = finding->world;
    const struct category *category = finding->category;
    for (int32_t r = 0; r < world->regions; r++) {
        double persons = qon_external_year(world, category->flow, r) / 12 / world->scenario->scale;
        finding->programme[r] = qon_permit_programme(world, (int)(category - categories), r);
        finding->places[r] = qon_round_random(persons, places_draw(world, category, r));
    }
}

// The race of some openings.
static void ranks_make(const struct finding *finding, const struct opening *opening, uint32_t count, int programme, double *rank) {
    const struct qon_world *world = finding->world;
    uint64_t id[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        id[i] = opening[i].employer;
    }
    world->model->kernels->times(qon_month_key(world, QON_DRAW_PERMIT), id, (uint32_t)finding->category->legal, count, rank);
    for (uint32_t i = 0; i < count; i++) {
        rank[i] /= opening[i].speed;
    }
    for (uint32_t i = 0; i < count && programme >= 0; i++) {
        if (opening[i].wants[finding->category->high] > 0) { // the others do not apply
            rank[i] = qon_permit_rank(world, programme, opening[i].employer, rank[i]);
        }
    }
}

// The applicants of a region. Places are few: whoever comes behind as many others as there are is left out where the number is known.
static int64_t region_applicants(const struct finding *finding, int32_t r) {
    const struct opening *own = finding->opening + finding->first[r];
    struct applicant *list = finding->applicant + finding->first[r];
    int64_t count = 0, places = finding->programme[r] >= 0 ? INT64_MAX : finding->places[r];
    uint64_t last = UINT64_MAX;
    for (int64_t begin = 0; begin < finding->count[r] && places > 0; begin += TOGETHER) {
        double rank[TOGETHER];
        uint32_t together = finding->count[r] - begin < TOGETHER ? (uint32_t)(finding->count[r] - begin) : TOGETHER;
        ranks_make(finding, own + begin, together, finding->programme[r], rank);
        for (uint32_t i = 0; i < together; i++) {
            int32_t wants = own[begin + i].wants[finding->category->high];
            list[count] = (struct applicant){rank_key(rank[i]), (uint32_t)(finding->first[r] + begin + i), wants};
            count += (wants > 0) & (list[count].rank < last);
        }
        if (count - TOGETHER / 2 > places) {
            select_applicants(list, count, places);
            count = places;
            last = 0;
            for (int64_t i = 0; i < count; i++) {
                last = list[i].rank > last ? list[i].rank : last;
            }
        }
    }
    return count;
}

static void find_applicants(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct finding *finding = context;
    for (int64_t r = begin; r < end; r++) {
        finding->applicants[r] = region_applicants(finding, (int32_t)r);
    }
}

// Brings the first of a list to its front, `wanted` and those whose rank is that of the last, in order; how many.
static int64_t first_applicants(struct applicant *list, int64_t count, int64_t wanted) {
    int64_t found = wanted < count ? wanted : count;
    uint64_t last = 0;
    select_applicants(list, count, found);
    for (int64_t i = 0; i < found; i++) {
        last = list[i].rank > last ? list[i].rank : last;
    }
    for (int64_t i = found; i < count && found > 0; i++) {
        if (list[i].rank == last) {
            struct applicant item = list[i];
            list[i] = list[found];
            list[found++] = item;
        }
    }
    sort_applicants(list, found);
    return found;
}

// Returns what is left of the quota.
static int64_t serve_region(struct finding *finding, struct qon_block *elsewhere, int32_t r, int64_t quota) {
    struct qon_world *world = finding->world;
    struct applicant *own = finding->applicant + finding->first[r];
    int programme = finding->programme[r];
    int64_t places = programme < 0 ? finding->places[r] : qon_permit_places(world, programme, r, places_draw(world, finding->category, r));
    int64_t heard = first_applicants(own, finding->applicants[r], places < quota ? places : quota); // each wants at least one place
    for (int64_t i = 0; i < heard && places > 0 && quota > 0 && own[i].rank < rank_key(HUGE_VAL); i++) {
        struct opening *opening = &finding->opening[own[i].opening];
        for (int32_t n = 0; n < own[i].wants && places > 0 && quota > 0; n++) {
            int32_t settled = settle_worker(world, elsewhere, opening->employer, finding->category, (uint64_t)n);
            places -= settled;
            quota -= settled;
            if (programme >= 0 && settled > 0) {
                qon_permit_taken(world, programme, world->employers.zone[opening->employer]);
            }
        }
        wants_find(world, opening);
    }
    return quota;
}

static void serve(struct finding *finding, struct qon_block *elsewhere, const struct category *category) {
    int64_t quota = category->quota ? quota_left(finding->world) : INT64_MAX;
    if (quota <= 0) {
        return;
    }
    finding->category = category;
    places_make(finding);
    qon_par_for(finding->world->regions, 1, find_applicants, finding);
    for (int32_t r = 0; r < finding->world->regions; r++) {
        quota = serve_region(finding, elsewhere, r, quota);
    }
}

enum qon_status qon_permits(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct finding finding = {.world = world};
    struct qon_block elsewhere = {.index = 0};
    size_t regions = (size_t)world->regions;
    if (!world->scenario->settings.feedback.markets) { // a permit fills a vacancy that somebody else left open
        return status;
    }
    QON_TRY(qon_take(&finding.programme, regions, sizeof *finding.programme));
    QON_TRY(qon_take(&finding.places, regions, sizeof *finding.places));
    QON_TRY(qon_take(&finding.count, regions, sizeof *finding.count));
    QON_TRY(qon_take(&finding.applicants, regions, sizeof *finding.applicants));
    QON_TRY(qon_take(&finding.first, regions + 2, sizeof *finding.first));
    QON_TRY(qon_take(&finding.found, world->employers.count / CHUNK + 1, sizeof *finding.found));
    QON_TRY(openings_find(&finding));
    for (int c = 0; c < CATEGORIES; c++) {
        serve(&finding, &elsewhere, &categories[c]);
    }
    status = world->model->memory_short ? QON_MACHINE : QON_OK;
done:
    qon_block_free(&elsewhere);
    qon_free(finding.programme);
    qon_free(finding.places);
    qon_free(finding.count);
    qon_free(finding.applicants);
    qon_free(finding.first);
    qon_free(finding.found);
    return status;
}
