// SPDX-License-Identifier: GPL-3.0-or-later
// Conservation, checked each month: persons, staff, money. A breach is a fault of the program and stops the run. ODD tag M-BALANCE-1.
#include "model.h"
#include "programmes.h"

static int64_t event_total(const struct qon_world *world, enum qon_event event) {
    int64_t total = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        total += world->tally.events[(int64_t)event * world->zones + z];
    }
    return total;
}

static int64_t persons_now(const struct qon_world *world) {
    int64_t total = 0;
    for (int64_t i = 0; i < (int64_t)world->zones * QON_LEGALS; i++) {
        total += world->tally.legal[i];
    }
    return total;
}

static bool persons_balance(const struct qon_world *world, char text[256]) {
    static const enum qon_event plus[] = {QON_EVENT_births, QON_EVENT_arrivals_kandas, QON_EVENT_arrivals_immigration,
                                          QON_EVENT_arrivals_permit, QON_EVENT_arrivals_unregistered};
    static const enum qon_event minus[] = {QON_EVENT_deaths, QON_EVENT_departures_emigration, QON_EVENT_departures_permit,
                                           QON_EVENT_departures_unregistered};
    int64_t expected = world->model->persons_before;
    for (size_t i = 0; i < sizeof plus / sizeof plus[0]; i++) {
        expected += event_total(world, plus[i]);
    }
    for (size_t i = 0; i < sizeof minus / sizeof minus[0]; i++) {
        expected -= event_total(world, minus[i]);
    }
    int64_t found = persons_now(world);
    if (found != expected) {
        snprintf(text, 256, "persons = before + births + arrivals - deaths - departures: %lld found, %lld expected", (long long)found,
                 (long long)expected);
    }
    return found == expected;
}

static bool moves_balance(const struct qon_world *world, char text[256]) {
    int64_t out = event_total(world, QON_EVENT_departures_region) + event_total(world, QON_EVENT_departures_zone);
    int64_t in = event_total(world, QON_EVENT_arrivals_region) + event_total(world, QON_EVENT_arrivals_zone);
    if (out != in) {
        snprintf(text, 256, "departures to zones = arrivals from zones: %lld left, %lld came", (long long)out, (long long)in);
    }
    return out == in;
}

static bool staff_balance(const struct qon_world *world, char text[256]) {
    int64_t staff = 0, employed = 0;
    for (uint32_t e = 0; e < world->employers.count; e++) {
        staff += world->employers.staff[e];
    }
    for (int32_t z = 0; z < world->zones; z++) {
        employed += world->tally.labour[(int64_t)z * QON_LABOURS + QON_EMPLOYED];
    }
    if (staff != employed) {
        snprintf(text, 256, "staff of employers = persons employed: %lld and %lld", (long long)staff, (long long)employed);
    }
    return staff == employed;
}

static bool money_balance(const struct qon_world *world, char text[256]) {
    const struct qon_money *m = &world->money;
    int64_t expected = m->savings_start + m->saved + m->brought + m->granted - m->moving - m->taken - m->clawed;
    if (m->savings != expected) {
        snprintf(text, 256, "savings = start + saved + brought + granted - moving - taken - clawed: %lld tiyn found, %lld expected",
                 (long long)m->savings, (long long)expected);
    }
    return m->savings == expected;
}

bool qon_balance(const struct qon_world *world, char text[256]) {
    return persons_balance(world, text) && moves_balance(world, text) && staff_balance(world, text) && money_balance(world, text) &&
           qon_ledger_balance(world, text);
}
