// SPDX-License-Identifier: GPL-3.0-or-later
// Fits the calibrated constants of zones.csv (amenity, mobility, local_cost) and prints them: build/long_baseline_fit SCENARIO ROUNDS
// [SCALE [PATH=VALUE]...]
//
// Each round runs the first year and corrects: mobility of a zone by wanted / found departures of its region, amenity by the log of wanted
// / found arrivals, the cost of local moves by the log of found / wanted moves within the region. Wanted flows between regions are the
// pattern of 2015 at the volume of 2016; for the gainers that the concept names and that the register of 2015 shows as losers (Astana,
// Almaty oblast, Karaganda) arrivals and departures are drawn to their mean, arrivals above departures. The split of a region's flows by
// kind of zone is not published: departures go by residents, arrivals by the assumption below.
#include "../support/baseline.h"

#include <math.h>

static const double INTERREGIONAL = 294000, WITHIN = 316700;
static const double URBAN_ARRIVALS = 0.75; // of arrivals from other regions, where there are both kinds: assumption, 0.65-0.85
static const char *const gainers[] = {"KZ-AST", "KZ-ALA", "KZ-ALM", "KZ-MAN", "KZ-KAR"};

static double bound(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

struct wanted {
    double in[BASELINE_REGIONS], out[BASELINE_REGIONS], within[BASELINE_REGIONS];
};

static void want(const struct qon_scenario *s, double od[BASELINE_REGIONS][BASELINE_REGIONS], struct wanted *w) {
    int32_t n = (int32_t)s->tables.regions.rows;
    double in_total = 0, out_total = 0, movers = 0;
    memset(w, 0, sizeof *w);
    for (int32_t o = 0; o < n; o++) {
        for (int32_t d = 0; d < n; d++) {
            w->out[o] += od[o][d];
            w->in[d] += od[o][d];
        }
    }
    for (int32_t r = 0; r < n; r++) {
        for (size_t g = 0; g < sizeof gainers / sizeof gainers[0]; g++) {
            if (strcmp(s->tables.regions.id[r], gainers[g]) == 0 && w->in[r] < w->out[r] * 1.2) {
                double mean = sqrt(w->in[r] * w->out[r]);
                w->in[r] = mean * 1.1;
                w->out[r] = mean / 1.1;
            }
        }
        in_total += w->in[r];
        out_total += w->out[r];
    }
    for (int32_t r = 0; r < n; r++) {
        w->in[r] *= INTERREGIONAL / in_total;
        w->out[r] *= INTERREGIONAL / out_total;
    }
    for (int64_t z = 0; z < s->tables.zones.rows; z++) {
        movers += s->tables.zones.local_moves[z] ? (double)s->tables.zones.persons[z] : 0;
    }
    for (int64_t z = 0; z < s->tables.zones.rows; z++) {
        if (s->tables.zones.local_moves[z]) {
            w->within[s->tables.zones.region[z]] += WITHIN * (double)s->tables.zones.persons[z] / movers;
        }
    }
}

static void correct(struct qon_scenario *s, const struct baseline *b, const struct wanted *w, double step) {
    struct qon_table_zones *t = &s->tables.zones;
    for (int32_t z = 0; z < b->zones; z++) {
        int32_t r = t->region[z], other = -1;
        for (int32_t y = 0; y < b->zones; y++) {
            other = y != z && t->region[y] == r ? y : other;
        }
        bool urban = strcmp(t->kind[z], "urban") == 0;
        double people = other < 0 ? 1 : (double)t->persons[z] / (double)(t->persons[z] + t->persons[other]);
        double in = w->in[r] * (other < 0 ? 1 : urban ? URBAN_ARRIVALS : 1 - URBAN_ARRIVALS);
        double out = w->out[r] * people;
        t->amenity[z] = bound(t->amenity[z] + step * bound(log((in + 1) / (b->zone_in[z] + 1)), -1, 1), -20, 20);
        t->mobility[z] = bound(t->mobility[z] * pow((out + 1) / (b->zone_out[z] + 1), step), 0.02, 5);
        double within = w->within[r] * people, found = b->local[z] + b->between[z];
        if (within > 0) {
            t->local_cost[z] = bound(t->local_cost[z] + step * bound(log((found + 1) / (within + 1)), -1, 1), -20, 20);
        }
    }
}

static void report(const struct qon_scenario *s, const struct baseline *b, double od[BASELINE_REGIONS][BASELINE_REGIONS],
                   const struct wanted *w) {
    double between = 0, to_town = 0, births = 0, deaths = 0, unemployed = 0, force = 0;
    for (int32_t z = 0; z < b->zones; z++) {
        between += b->between[z];
        to_town += strcmp(s->tables.zones.kind[z], "rural") == 0 ? b->between[z] : 0;
    }
    for (int32_t r = 0; r < b->regions; r++) {
        double in = 0, out = 0;
        for (int32_t k = 0; k < b->regions; k++) {
            in += b->flow[k][r];
            out += b->flow[r][k];
        }
        births += b->births[r];
        deaths += b->deaths[r];
        unemployed += b->unemployed[r];
        force += b->labour_force[r];
        fprintf(stderr, "%-8s in %7.0f (%7.0f) out %7.0f (%7.0f) net %7.0f  unemployment %.2f %%\n", s->tables.regions.id[r], in, w->in[r],
                out, w->out[r], in - out, 100 * b->unemployed[r] / b->labour_force[r]);
    }
    fprintf(stderr, "interregional %.0f within %.0f (between zones %.0f, to towns %.0f) overlap %.4f\n", b->interregional, b->within,
            between, to_town, baseline_overlap(b, od));
    fprintf(stderr,
            "considered %.0f illiquid %.0f hires %.0f separations %.0f vacancies %.0f births %.0f deaths %.0f unemployment %.2f %%\n",
            b->considered, b->illiquid, b->hires, b->separations, b->vacancies, births, deaths, 100 * unemployed / force);
    fprintf(stderr, "movers by age per 1000:");
    for (int age = 0; age < 80; age += 5) {
        double movers = 0, persons = 0;
        for (int a = age; a < age + 5; a++) {
            movers += b->movers_by_age[a];
            persons += b->persons_by_age[a];
        }
        fprintf(stderr, " %d:%.1f", age, 1000 * movers / persons);
    }
    fprintf(stderr, "\n");
}

int main(int argc, char **argv) {
    static double od[BASELINE_REGIONS][BASELINE_REGIONS];
    static struct baseline b;
    static struct qon_faults faults;
    struct qon_scenario scenario = {0};
    struct wanted wanted;
    qon_faults_init(&faults);
    struct qon_override overrides[32] = {{"scale", argc > 3 ? argv[3] : "1"}};
    int count = 1;
    for (int i = 4; i < argc && count < 32; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals != NULL) {
            *equals = '\0';
            overrides[count++] = (struct qon_override){argv[i], equals + 1};
        }
    }
    if (argc < 3 || qon_scenario_load(&scenario, argv[1], overrides, count, &faults) != QON_OK ||
        !baseline_od(&scenario, "scenarios/kazakhstan/targets/migration_od_2015.csv", od)) {
        fprintf(stderr, "%s\n",
                faults.kept > 0 ? faults.text[0] : "usage: baseline_fit SCENARIO ROUNDS [SCALE], from the project's folder");
        return 2;
    }
    want(&scenario, od, &wanted);
    for (int round = 0; round <= atoi(argv[2]); round++) {
        if (baseline_run(&b, &scenario, 12, NULL, &faults) != QON_OK) {
            fprintf(stderr, "%s\n", faults.text[0]);
            return 3;
        }
        if (round < atoi(argv[2])) {
            correct(&scenario, &b, &wanted, round < 8 ? 0.6 : 0.35);
        }
        fprintf(stderr, "round %d: interregional %.0f within %.0f overlap %.4f\n", round, b.interregional, b.within,
                baseline_overlap(&b, od));
    }
    report(&scenario, &b, od, &wanted);
    for (int32_t z = 0; z < b.zones; z++) {
        printf("%s,%.4f,%.4f,%.4f\n", scenario.tables.zones.id[z], scenario.tables.zones.amenity[z], scenario.tables.zones.mobility[z],
               scenario.tables.zones.local_cost[z]);
    }
    qon_scenario_free(&scenario);
    return 0;
}
