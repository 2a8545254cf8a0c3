// SPDX-License-Identifier: GPL-3.0-or-later
// What makes an SQLite file a GeoPackage 1.3: its marks, its registers, and geometries as blobs.
#ifndef QONYS_RECORD_GEOPACKAGE_H
#define QONYS_RECORD_GEOPACKAGE_H

#include "database.h"

#include <qonys/scenario.h>

enum { QON_GEOPACKAGE_SRS = 4326, QON_GEOPACKAGE_HEADER = 40 };

// Makes all tables of a results file, the registers of GeoPackage and the table `definition`. `now`: UTC, GeoPackage's form.
enum qon_status qon_geopackage_create(struct qon_database *database, const struct qon_boundaries *boundaries, const char *now);

// The shape of a region as a GeoPackage blob (header with envelope, then a multipolygon as well-known binary): *blob of *length bytes,
// freed with qon_free; NULL when the region has no outer ring. A hole belongs to the outer ring before it; rings left open are closed.
enum qon_status qon_geopackage_region(const struct qon_boundaries *boundaries, int32_t region, uint8_t **blob, int64_t *length);

// The reverse: appends the blob's rings to *boundaries as one more region (arrays are grown). false: not such a blob; QON_MACHINE is told
// through *status.
bool qon_geopackage_region_read(struct qon_boundaries *boundaries, const uint8_t *blob, int64_t length, enum qon_status *status);

#endif
