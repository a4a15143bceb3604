import { describe, expect, test } from 'vitest';
import { AlertBook } from '../../../src/alerts/book.ts';
import { describeAll, describer } from '../../../src/io/deliver/describe.ts';
import { AT, SITE } from '../../reports/sample-site.ts';

const HOUR = 3_600_000;
const [FIRST] = SITE.devices;

function siteSeen(...ages: readonly number[]): typeof SITE {
  const devices = ages.map((age, index) => {
    const device = SITE.devices[index];
    if (device === undefined) throw new Error('the sample has too few devices');
    return { ...device, lastSeen: AT - age };
  });
  return { ...SITE, devices };
}

describe('a device', () => {
  test.each([
    ['is there where it was seen within the hour', [HOUR / 2, 0], true],
    ['is off where others were seen and it was not', [2 * HOUR, 0], false],
    ['may be there where nothing at all was seen', [2 * HOUR, 3 * HOUR], undefined],
  ])('%s', (_, ages, online) => {
    const [first] = describeAll(siteSeen(...ages), new AlertBook(), AT);
    expect(first?.online).toBe(online);
  });

  test('has its open services, and the worst of its findings as its risk', () => {
    const severities = new Set(
      SITE.findings.filter(({ device }) => device === FIRST?.id).map(({ severity }) => severity),
    );
    const [first] = describeAll(SITE, new AlertBook(), AT);
    const worst = (['critical', 'high', 'medium', 'low', 'info'] as const).find((one) =>
      severities.has(one),
    );
    expect(first).toMatchObject({ openAlerts: 0, risk: worst ?? 'none' });
    expect(first?.services).toBe(
      SITE.services.filter(({ device, state }) => device === FIRST?.id && state === 'open').length,
    );
  });

  test('has no risk that could be told where alerts are not at hand', () => {
    const one = describer({ site: () => SITE, now: () => AT })(FIRST?.id ?? '');
    expect(one).not.toHaveProperty('risk');
    expect(one).not.toHaveProperty('openAlerts');
  });
});

test('a sink is told of so many devices at most', () => {
  if (FIRST === undefined) throw new Error('the sample has a device');
  const devices = Array.from({ length: 5000 }, () => FIRST);
  expect(describeAll({ ...SITE, devices }, new AlertBook(), AT).length).toBe(2000);
});
