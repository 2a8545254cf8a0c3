// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up country for tests: a whole scenario with plausible numbers, of any size.
#ifndef QONYS_TESTS_COUNTRY_H
#define QONYS_TESTS_COUNTRY_H

// Writes folder/scenario.json and all the tables and boundaries it names; the folder is made when it is not there. Every region has an
// urban and a rural zone, the last only an urban one when `zones` is odd. The same arguments give the same files. Up to 64 regions there
// are distances and a network too. Returns 0, or -1 with a message on standard error.
int make_country(int zones, long long persons, const char *folder);

#endif
