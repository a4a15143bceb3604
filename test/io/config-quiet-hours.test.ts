import { expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { loadConfig } from '../../src/io/config.ts';

function quietHours(text: string): string {
  try {
    return loadConfig({ file: 'none', env: { PORTOLAN_QUIET_HOURS: text } }).settings.quiet_hours;
  } catch (error) {
    if (error instanceof PortolanError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

test.each([
  ['a night', '22:00-07:00', '22:00-07:00'],
  ['none', '', ''],
])('quiet hours in the configuration: %s', (_, text, expected) => {
  expect(quietHours(text)).toBe(expected);
});

test.each(['25:00-07:00', '22-7', 'night'])('"%s" is refused, with an example', (text) => {
  expect(quietHours(text)).toMatch(/^E_CONFIG: .*quiet_hours.*22:00-07:00/);
});
