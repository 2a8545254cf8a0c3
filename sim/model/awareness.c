// SPDX-License-Identifier: GPL-3.0-or-later
// Who knows of a programme. Nothing is stored for a household: it knows the programme when its lifelong draw is below the share of the zone
// that does, and that share never falls. ODD tag M-AWARENESS-1.
//
// source: Bass 1969. The share follows F' = (p + q F)(1 - F), exact from month to month; p grows with the beneficiaries who left the zone.
#include "programmes.h"

double qon_bass_step(double aware, double p, double q, double years) {
    double rate = p + q * aware;
    if (!(rate > 0) || aware >= 1) {
        return aware;
    }
    double left = (1 - aware) * qon_exp(-(p + q) * years);
    return (rate - p * left) / (rate + q * left);
}

void qon_awareness_month(struct qon_world *world, int programme) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int32_t start = qon_programme_start(world, programme);
    for (int32_t z = 0; z < world->zones; z++) {
        int64_t at = (int64_t)programme * world->zones + z;
        double *aware = &world->ledger.aware[at];
        if (world->month == start) {
            *aware = *aware > row->awareness.start_share ? *aware : row->awareness.start_share;
        } else {
            double thousands = world->model->zone_population[z] / 1000;
            double movers = thousands > 0.001 ? (double)world->ledger.heard[at] / thousands : 0;
            *aware =
                qon_bass_step(*aware, row->awareness.media_year + row->awareness.movers_year * movers, row->awareness.word_year, 1 / 12.0);
        }
    }
}

bool qon_household_knows(const struct qon_world *world, int programme, uint32_t zone, uint64_t household_id) {
    uint32_t threshold = world->model->programmes->aware[(int64_t)programme * world->zones + zone];
    return threshold > 0 &&
           qon_draw(qon_life_key(world, QON_DRAW_AWARENESS), household_id, qon_programme_of(world, programme)->key) < threshold;
}
