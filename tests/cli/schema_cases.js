// SPDX-License-Identifier: GPL-3.0-or-later
// schema_cases.js FOLDER TOOL: scenarios of a made-up country, good and bad, judged by the schema (ajv) and by the reader (TOOL check).
// Each case says what the schema must answer; wherever the schema says yes the reader must say yes too.
'use strict';
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const Ajv = require('ajv/dist/2020');

const [folder, tool] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(path.join(folder, 'schema.json'), 'utf8'));
const good = fs.readFileSync(path.join(folder, 'scenario.json'), 'utf8');
const accepts = new Ajv({ strictSchema: true, strictTypes: true, strictTuples: true, allErrors: true }).compile(schema);
let cases = 0;
let failures = 0;

function judge(name, text, wanted, readerToo = true) {
    const file = path.join(folder, 'case.json');
    fs.writeFileSync(file, text);
    const bySchema = accepts(JSON.parse(text));
    const told = spawnSync(tool, ['check', file], { encoding: 'utf8' });
    const byReader = told.status === 0;
    cases++;
    if (told.status !== 0 && told.status !== 2) {
        failures++;
        console.log(`${name}: the reader ended with ${told.status}`);
    }
    if (bySchema !== wanted) {
        failures++;
        console.log(`${name}: the schema says ${bySchema}, expected ${wanted}`, accepts.errors ? accepts.errors.slice(0, 3) : '');
    }
    if (readerToo && byReader !== wanted) {
        failures++;
        console.log(`${name}: the reader says ${byReader}, expected ${wanted}: ${told.stderr}`);
    }
}

// The good scenario, changed.
function changed(name, change, wanted, readerToo) {
    const scenario = JSON.parse(good);
    change(scenario);
    judge(name, JSON.stringify(scenario), wanted, readerToo);
}

// A file that extends the good one.
function child(name, more, wanted, readerToo) {
    judge(name, JSON.stringify(Object.assign({ qonys: 1, extends: 'scenario.json' }, more)), wanted, readerToo);
}

judge('the good one', good, true);
for (const key of ['qonys', 'name', 'start', 'months', 'geography', 'population', 'labour', 'employers', 'external']) {
    changed(`without ${key}`, (s) => delete s[key], false);
}
for (const key of ['title', 'seed', 'scale', 'calendar', 'programmes', 'targets', 'observe']) {
    changed(`without ${key}`, (s) => delete s[key], true);
}
changed('unknown key', (s) => (s.moths = 3), false);
changed('version 2', (s) => (s.qonys = 2), false);
changed('version as text', (s) => (s.qonys = '1'), false);
for (const name of ['', 'a b', 'ж', 'x'.repeat(65), 7, null]) {
    changed(`name ${name}`, (s) => (s.name = name), false);
}
for (const name of ['x', 'A-b_9', 'x'.repeat(64)]) {
    changed(`name ${name}`, (s) => (s.name = name), true);
}
for (const start of ['2017-13', '2017-00', '1899-12', '2017-1', '2017', 201701, null]) {
    changed(`start ${start}`, (s) => (s.start = start), false);
}
for (const start of ['1900-01', '2017-12', '2999-10', { value: '2017-02', source: 'x' }]) {
    changed(`start ${start}`, (s) => (s.start = start), true);
}
for (const months of [0, 1201, 100000, 1.5, '12', true, [], {}, { value: 0 }, { source: 'x' }, null]) {
    changed(`months ${JSON.stringify(months)}`, (s) => (s.months = months), false);
}
for (const months of [1, 1200, { value: 24, source: 'x', provenance: 'own', range: [1, 60], note: 'n' }]) {
    changed(`months ${JSON.stringify(months)}`, (s) => (s.months = months), true);
}
for (const seed of ['18446744073709551616', '99999999999999999999', '007', '-1', '', 'x', -1, 1.5, true]) {
    changed(`seed ${JSON.stringify(seed)}`, (s) => (s.seed = seed), false);
}
for (const seed of ['0', '9', '10', '18446744073709551615', '18446744073709551609', '17999999999999999999', '1000000000000000000', 0, 2 ** 53 - 1, { value: '5' }, null]) {
    changed(`seed ${JSON.stringify(seed)}`, (s) => (s.seed = seed), true);
}
changed('title in an unknown language', (s) => (s.title.kz = 'x'), false);
changed('title as text', (s) => (s.title = 'x'), false);
changed('description', (s) => (s.description = { en: 'x' }), true);
changed('calendar by day', (s) => (s.calendar.mci_tenge['2017-01-01'] = 1), false);
changed('calendar below 0', (s) => (s.calendar.mci_tenge['2019-01'] = -1), false);
changed('calendar with tiyn', (s) => (s.calendar.mci_tenge['2019-01'] = 2525.25), true);
changed('calendar unknown', (s) => (s.calendar.mci = {}), false);
changed('an empty programme list', (s) => (s.programmes = null), true);
changed('programme without name', (s) => (s.programmes = [{}]), false);
changed('programme as text', (s) => (s.programmes = ['x']), false);
changed('programmes by name without extends', (s) => (s.programmes = { x: {} }), false);
changed('targets as text', (s) => (s.targets = 'x'), false);
changed('a target that is a number', (s) => (s.targets = [1]), false);
changed('an empty observed name', (s) => (s.observe = ['']), false);
changed('table by number', (s) => (s.geography.zones = 7), false);
changed('table by empty name', (s) => (s.geography.zones = ''), false);
changed('table by null', (s) => (s.geography.zones = null), false);
changed('optional table by null', (s) => (s.geography.distances = null), true);
changed('table as object', (s) => (s.geography.zones = { file: 'zones.csv', source: 'x' }), true);
changed('table with an odd hash', (s) => (s.geography.zones = { file: 'zones.csv', xxhash64: 'xyz' }), false);
changed('table as object without file', (s) => (s.geography.zones = { source: 'x' }), false);
changed('without boundaries', (s) => delete s.geography.boundaries, true);
changed('unknown table', (s) => (s.geography.zonen = 'x.csv'), false);
changed('a leaf with an unknown key', (s) => (s.labour.matching_elasticity.sauce = 'x'), false);
changed('a leaf with a number for its source', (s) => (s.labour.matching_elasticity.source = 1), false);
changed('a leaf with a range of one', (s) => (s.labour.matching_elasticity.range = [1]), false);
changed('a group as array', (s) => (s.choice = []), false);
changed('a file that is not there', (s) => (s.geography.zones = 'absent.csv'), true, false); // no schema can say so
judge('an array', '[]', false);
judge('an empty object', '{}', false);

child('extends only', {}, true);
child('extends, changed', { name: 'c', months: 3, choice: { home_premium: 2, kin_weight: null }, programmes: [] }, true);
child('extends, a table of its own', { labour: { skills: 'skills.csv' } }, true);
child('extends, removing programmes by null', { programmes: null }, true);
child('extends, months out of range', { months: 0 }, false);
child('extends, name by null', { name: null }, false);
child('extends nothing', { extends: '' }, false);

// Every setting at and beyond its limits, as a number, with a source, as null and as what it is not.
for (const [group, about] of Object.entries(schema.properties)) {
    for (const [key, leaf] of Object.entries(about.properties || {})) {
        const value = leaf.anyOf && leaf.anyOf[0];
        if (!value || !['number', 'integer', 'boolean'].includes(value.type)) {
            continue;
        }
        const set = (what, wanted) => changed(`${group}.${key} = ${JSON.stringify(what)}`, (s) => ((s[group] = s[group] || {})[key] = what), wanted);
        set('x', false);
        set(null, leaf.default !== undefined);
        if (value.type === 'boolean') {
            set(true, true);
            set(0, false);
            continue;
        }
        set(leaf.default, true);
        set(value.minimum, true);
        set({ value: value.maximum, source: 'x' }, true);
        set(value.minimum - 0.001 * Math.max(1, Math.abs(value.minimum)), false);
        set({ value: value.maximum + 1 }, false);
        set(true, false);
        if (value.type === 'integer') {
            set(value.minimum + 0.5, false);
        }
    }
}
console.log(`${cases} cases, ${failures} failures`);
process.exit(failures === 0 && cases > 400 ? 0 : 1);
