import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PassiveEngine } from '../../src/flows/engine.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import type { Field, Flow } from '../../src/model/flow.ts';
import { protocols } from '../../src/protocols/index.ts';
import { framesOf, INLETS } from '../e2e/hostile-frames.ts';
import type { Speaker } from '../e2e/hostile-messages.ts';
import { packetFrom } from './talk.ts';

const FILE = join(import.meta.dirname, '../../../shared/tools/hostile/strings.json');
const IS_THERE = existsSync(FILE);
if (!IS_THERE && process.env['CI'] !== undefined) throw new Error(`${FILE} is missing`);

const STRINGS: readonly string[] = IS_THERE
  ? Object.values<readonly string[]>(JSON.parse(readFileSync(FILE, 'utf8'))).flat()
  : [];
const LITERAL = '<svg/onload=alert(1)>';

interface Heard {
  readonly flows: Flow[];
  readonly evidence: NewEvidence[];
  readonly fields: Field[];
}

function hear(frames: readonly Uint8Array[]): Heard {
  const heard: Heard = { flows: [], evidence: [], fields: [] };
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'test',
    onFlow: (one) => heard.flows.push(one),
    onEvidence: (one) => heard.evidence.push(one),
    onField: (one) => heard.fields.push(one),
  });
  for (const [index, frame] of frames.entries()) {
    engine.packet(packetFrom(Uint8Array.from(frame), index + 1, index / 1000));
  }
  engine.end();
  return heard;
}

function speaker(text: string, index = 0): Speaker {
  const last = index.toString(16).padStart(2, '0');
  return { address: `10.9.1.${index + 1}`, mac: `02:09:00:00:01:${last}`, text };
}

/** Inlets whose text is only told apart from others, and then forgotten. */
const FORGOTTEN = ['llmnr', 'nbns', 'syslog', 'snmp', 'telnet', 'modbus'];

describe('strings that devices say in their packets', () => {
  test('one is heard as it is by each inlet that keeps what it hears', () => {
    const kept = Object.entries(INLETS)
      .filter(([, frames]) => JSON.stringify(hear(frames(speaker(LITERAL)))).includes(LITERAL))
      .map(([name]) => name);
    expect(kept).toEqual(Object.keys(INLETS).filter((name) => !FORGOTTEN.includes(name)));
    expect(kept.length).toBeGreaterThan(16);
  });

  test('none harms who hears it', () => {
    const frames = STRINGS.flatMap((text, index) => framesOf(speaker(text, index)));
    const { flows, evidence } = hear(frames);
    expect(flows.length).toBeGreaterThan(20 * STRINGS.length);
    for (const { fact, subject } of evidence) {
      expect(subject.address).toMatch(/^[0-9a-f.:]+$/);
      expect(Object.getPrototypeOf(fact)).toBe(Object.prototype);
    }
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});
