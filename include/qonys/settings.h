// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of a run: every number of settings.def, one struct a section, and the field table that describes them.
#ifndef QONYS_SETTINGS_H
#define QONYS_SETTINGS_H

#include <qonys/field.h>

struct qon_settings {
#define SECTION_BEGIN(section, meaning) struct {
#define SECTION_END(section) \
    }                        \
    section;
#define NUMBER(section, name, unit, minimum, maximum, initial, low, high, meaning, source) double name;
#define COUNT(section, name, unit, minimum, maximum, initial, low, high, meaning, source)  int32_t name;
#define SWITCH(section, name, initial, meaning, source)                                    bool name;
#include <qonys/settings.def>
#undef SECTION_BEGIN
#undef SECTION_END
#undef NUMBER
#undef COUNT
#undef SWITCH
};

// All sections in the order of settings.def; *count of them. A field's place is (char *)settings + section->offset + field->offset.
const struct qon_section *qon_settings_sections(size_t *count);

void qon_settings_default(struct qon_settings *settings);

#endif
