// SPDX-License-Identifier: GPL-3.0-or-later
// The descriptions of the agents' columns, made from the .def files.
#include <qonys/world.h>

#define COLUMN(type, name, unit, meaning) {#name, #type, sizeof(type), offsetof(struct qon_persons, name), unit, meaning},
const struct qon_column qon_person_columns[] = {
#include <qonys/persons_columns.def>
};
#undef COLUMN
const size_t qon_person_columns_count = sizeof qon_person_columns / sizeof qon_person_columns[0];

#define COLUMN(type, name, unit, meaning) {#name, #type, sizeof(type), offsetof(struct qon_households, name), unit, meaning},
const struct qon_column qon_household_columns[] = {
#include <qonys/households_columns.def>
};
#undef COLUMN
const size_t qon_household_columns_count = sizeof qon_household_columns / sizeof qon_household_columns[0];

#define COLUMN(type, name, unit, meaning) {#name, #type, sizeof(type), offsetof(struct qon_employers, name), unit, meaning},
const struct qon_column qon_employer_columns[] = {
#include <qonys/employers_columns.def>
};
#undef COLUMN
const size_t qon_employer_columns_count = sizeof qon_employer_columns / sizeof qon_employer_columns[0];

#define COLUMN(type, name, unit, meaning) {#name, #type, sizeof(type), offsetof(struct qon_commitments, name), unit, meaning},
const struct qon_column qon_commitment_columns[] = {
#include <qonys/commitments_columns.def>
};
#undef COLUMN
const size_t qon_commitment_columns_count = sizeof qon_commitment_columns / sizeof qon_commitment_columns[0];
#undef COLUMN

#define COLUMN(type, name, unit, meaning) {#name, #type, sizeof(type), offsetof(struct qon_waiting, name), unit, meaning},
const struct qon_column qon_waiting_columns[] = {
#include <qonys/waiting_columns.def>
};
#undef COLUMN
const size_t qon_waiting_columns_count = sizeof qon_waiting_columns / sizeof qon_waiting_columns[0];
