// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds of benefits: one file sim/model/benefit_<kind>.c each, with a settings struct, the field table that describes it, and the hooks
// that phases call. The list of kinds is benefits.def; no other file knows a kind's name.
#ifndef QONYS_BENEFIT_H
#define QONYS_BENEFIT_H

#include <qonys/fault.h>
#include <qonys/programme.h>
#include <qonys/world.h>

// Whom an offer is made to: made by the caller from a person, so that kinds read nothing else.
struct qon_asker {
    const struct qon_world *world;
    int64_t mci_tiyn;          // of this month
    int32_t members;           // who would come along, the applicant among them
    int32_t minors;            // under 18 among them
    bool owner;                // has a dwelling
    int64_t savings_tiyn;      //
    int64_t income_tiyn_month; // expected (at a move: at the destination), or the wage
    int64_t rent_tiyn_month;   // of the destination
    int64_t moving_tiyn;       // what the move costs at once
    uint32_t zone;             // destination, or where the person lives
    uint8_t occupation, skill, legal;
};

// What a programme gives to one applicant: the sum over its benefits. All amounts are whole tiyn and not negative.
struct qon_offer {
    int64_t upfront_tiyn;        // cash before the move
    int64_t later_tiyn;          // cash afterwards
    int64_t monthly_tiyn;        // to the household
    int32_t monthly_months;      //
    int64_t worth_tiyn;          // what is not cash is worth to the applicant (land, interest saved, tax not paid)
    int64_t relief_tiyn;         // of the up-front cost, for those without a dwelling
    int64_t employer_tiyn_month; // to the employer
    int32_t employer_months;     //
    int64_t lent_tiyn;           // principal of loans, which comes back
    int64_t other_tiyn;          // costs the budget at the grant and is no cash of the applicant's (course, land, interest)
    double wage_gain;            // added to the factor on wages, after training
    int32_t training_months;     //
    double rank_gain;            // in hiring: the chance to be hired first rises by this factor less 1
    int32_t occupation;          // row of the new one after training, -1: as before
    int32_t education;           // row of the level that a study place leads to, -1: none
};

// What a programme changes in a zone this month beside grants: factors multiply (start at 1), additions add (start at 0).
struct qon_levers {
    double awareness;          // added reach of the programmes that it tells of, this month
    int32_t about;             // row of the one programme told of, -1: all
    double kandas;             // factor on arrivals of kandas from the country asked about
    double unregistered;       // factor on arrivals of unregistered workers
    double unregistered_leave; // chance that an unregistered worker is made to leave this month
    double kandas_rank;        // factor on the chance of kandas to be hired first
    uint32_t permits;          // bit c: places for permits of category c are those of the programme's quotas
    double permit_share_most;  // most foreign staff of such permits, share of staff; 0: as the settings say
    int64_t cost_tiyn;         // what it costs this month in this zone
    int64_t abroad_tiyn;       // what it costs this month in all
};

struct qon_benefit_kind {
    const char *name;
    const char *meaning;
    const struct qon_field *fields; // of the settings struct; choices as in programme.h
    size_t fields_count;
    size_t size;
    unsigned at; // bit a: may stand in a programme at event a (enum qon_at)
    // Adds to the offer. Pure: the same for the same asker. What it is worth (upfront, later, monthly, worth) and what it costs do not fall
    // when members, minors, income, rent or the cost of the move rise, nor for want of a dwelling, and of the zone it may only read the
    // kind: so an upper bound can be had without asking for each zone. May be NULL.
    void (*offer)(const void *settings, const struct qon_asker *asker, struct qon_offer *offer);
    // Changes the levers of a zone. months: since the programme began; country: row of kandas_origins asked about, -1: none. May be NULL.
    void (*levers)(const void *settings, int32_t months, int32_t country, struct qon_levers *levers);
    // What is wrong with the settings, to complete "benefits[i]: ...", or NULL. May be NULL.
    const char *(*check)(const void *settings);
};

const struct qon_benefit_kind *const *qon_benefit_kinds(size_t *count);
const struct qon_benefit_kind *qon_benefit_kind_find(const char *name); // NULL when unknown
void qon_benefit_default(const struct qon_benefit_kind *kind, void *settings);

#endif
