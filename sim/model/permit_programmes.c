// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes that administer permits: in their regions the places of a category are those of their quotas, spread over the rest of the
// year, and employers stand in the order of the programme's points or priority. ODD tag M-PERMIT-2.
#include "predicate_nodes.h"
#include "programmes.h"

#include <math.h>
#include <qonys/memory.h>

int qon_permit_programme(const struct qon_world *world, int category, int32_t region) {
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL) {
        return -1;
    }
    for (uint64_t left = pm->open[QON_AT_COUNTRY]; left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        const struct qon_programme *own = qon_programme_of(world, p);
        if ((pm->permits[p] >> category & 1) == 0) {
            continue;
        }
        for (int32_t q = 0; q < own->quotas_count; q++) {
            bool here = own->quotas[q].region == region || own->quotas[q].region == QON_ALL_REGIONS;
            if (here && qon_limit_holds_in(own->quotas[q].year, 1900 + world->month / 12)) {
                return p;
            }
        }
    }
    return -1;
}

static bool counts(const struct qon_world *world, const struct qon_quota *quota, int32_t region) {
    return (quota->region == region || quota->region == QON_ALL_REGIONS) && qon_limit_holds_in(quota->year, 1900 + world->month / 12);
}

int64_t qon_permit_places(const struct qon_world *world, int programme, int32_t region, double u) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const int64_t *left = world->ledger.quota_left + world->model->programmes->quota_first[programme];
    int64_t places = INT64_MAX;
    for (int32_t q = 0; q < own->quotas_count; q++) {
        if (counts(world, &own->quotas[q], region)) {
            // What is left is spread over the months left: of the year, or of the programme.
            int32_t months = own->quotas[q].year == QON_WHOLE_TIME ? own->to - world->month + 1 : 12 - world->month % 12;
            int64_t now = qon_round_random((double)left[q] / months, u);
            now = now < left[q] ? now : left[q];
            places = now < places ? now : places;
        }
    }
    return places;
}

void qon_permit_taken(struct qon_world *world, int programme, uint32_t zone) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    int64_t *left = world->ledger.quota_left + world->model->programmes->quota_first[programme];
    for (int32_t q = 0; q < own->quotas_count; q++) {
        left[q] -= counts(world, &own->quotas[q], world->model->zone_region[zone]);
    }
    qon_measure_add(world, programme, zone, QON_MEASURE_granted, 1);
    world->ledger.grants[programme]++;
}

// Of the employer it reads the sector only.
static bool is_of_place(const struct qon_predicate *predicate) {
    for (uint32_t i = 0; i < predicate->nodes; i++) {
        const struct qon_predicate_node *n = &predicate->node[i];
        if (n->op == QON_OP_TEST && (n->fast != QON_FAST_EMPLOYER || n->offset != offsetof(struct qon_employers, sector))) {
            return false;
        }
    }
    return true;
}

enum qon_status qon_permit_terms_make(const struct qon_world *world, struct qon_programmes_model *pm) {
    enum qon_status status = QON_OK;
    size_t places = (size_t)world->zones * (size_t)world->sectors;
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        const struct qon_programme *own = qon_programme_of(world, p);
        struct qon_permit_terms *terms = &pm->permit_terms[p];
        if (own->at != QON_AT_COUNTRY) {
            continue;
        }
        QON_TRY(qon_take(&terms->place, places, sizeof *terms->place));
        terms->of_place = (uint64_t)is_of_place(&own->eligible) << QON_PERMIT_ELIGIBLE;
        for (int32_t s = 0; s < own->scores_count && s < QON_PERMIT_SCORES; s++) {
            terms->of_place |= (uint64_t)is_of_place(&own->scores[s].who) << s;
        }
        terms->all_of_place = __builtin_popcountll(terms->of_place) == 1 + own->scores_count;
    }
done:
    return status;
}

static struct qon_ask ask_employer(const struct qon_world *world, uint32_t employer) {
    uint32_t zone = world->employers.zone[employer];
    return (struct qon_ask){world, NULL, QON_NONE, QON_NONE, zone, zone, employer, NULL};
}

// The order of an employer of whom it is known what hangs on the place.
static double first_of(const struct qon_programme *own, const struct qon_permit_terms *terms, const struct qon_ask *ask, uint64_t met) {
    bool asked = terms->of_place >> QON_PERMIT_ELIGIBLE != 0;
    if (asked ? met >> QON_PERMIT_ELIGIBLE == 0 : !qon_predicate_holds(&own->eligible, ask)) {
        return HUGE_VAL;
    }
    return qon_rank_first(own, ask, terms->of_place & ((1ULL << QON_PERMIT_SCORES) - 1), met);
}

static void place_ask(const struct qon_programme *own, const struct qon_permit_terms *terms, const struct qon_ask *ask,
                      struct qon_permit_place *place) {
    place->met = 1ULL << QON_PERMIT_ASKED;
    for (uint64_t left = terms->of_place; left != 0; left &= left - 1) {
        int s = __builtin_ctzll(left);
        const struct qon_predicate *asked = s == QON_PERMIT_ELIGIBLE ? &own->eligible : &own->scores[s].who;
        place->met |= (uint64_t)qon_predicate_holds(asked, ask) << s;
    }
    place->first = terms->all_of_place ? first_of(own, terms, ask, place->met) : 0;
}

double qon_permit_rank(const struct qon_world *world, int programme, uint32_t employer, double rank) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const struct qon_permit_terms *terms = &world->model->programmes->permit_terms[programme];
    const struct qon_employers *e = &world->employers;
    struct qon_permit_place *place = &terms->place[(int64_t)e->zone[employer] * world->sectors + e->sector[employer]];
    double first = place->first;
    if (place->met == 0 || !terms->all_of_place) {
        struct qon_ask ask = ask_employer(world, employer);
        if (place->met == 0) {
            place_ask(own, terms, &ask, place);
        }
        first = first_of(own, terms, &ask, place->met);
    }
    // The race decides between equals only: it is brought below 1, and points count in whole steps of their own.
    return first + rank / (1 + rank) * 1e-9;
}

double qon_permit_share(const struct qon_world *world, uint32_t zone, double share) {
    const struct qon_programmes_model *pm = world->model->programmes;
    return pm != NULL && pm->levers[zone].permit_share_most > 0 ? pm->levers[zone].permit_share_most : share;
}
