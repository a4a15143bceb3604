import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicy, policyPath, savePolicy } from '../../src/io/policy-file.ts';
import { takeLock } from '../../src/io/store/lock.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'portolan-policy-file-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

let folder = ROOT;
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'case-'));
  file = join(folder, 'policy.yaml');
});

const text = (note: string): string =>
  `rules: [{id: r, from: any, to: self, service: ssh, action: deny, note: ${note}}]\n`;

describe('saving', () => {
  test('makes the folder and the file for its owner only', () => {
    const deep = join(folder, 'a', 'b', 'policy.yaml');
    savePolicy(deep, undefined, text('one'));
    expect(loadPolicy(deep).policy.rules[0]?.note).toBe('one');
    expect(statSync(deep).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['policy.yaml']);
  });

  test('keeps the versions before, the newest as .1, nine of them', () => {
    let before: string | undefined;
    for (let number = 0; number <= 11; number += 1) {
      const now = text(`v${number}`);
      savePolicy(file, before, now);
      before = now;
    }
    expect(readFileSync(file, 'utf8')).toBe(text('v11'));
    const versions = Array.from({ length: 9 }, (_, i) => readFileSync(`${file}.${i + 1}`, 'utf8'));
    expect(versions).toEqual(Array.from({ length: 9 }, (_, i) => text(`v${10 - i}`)));
    expect(existsSync(`${file}.10`)).toBe(false);
  });

  test('keeps who may read it', () => {
    savePolicy(file, undefined, text('one'));
    chmodSync(file, 0o640);
    savePolicy(file, text('one'), text('two'));
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test('changes what a link points to, and leaves the link', () => {
    const real = join(folder, 'in-git.yaml');
    writeFileSync(real, text('one'));
    symlinkSync(real, file);
    savePolicy(file, text('one'), text('two'));
    expect(readFileSync(real, 'utf8')).toBe(text('two'));
    expect(readFileSync(`${real}.1`, 'utf8')).toBe(text('one'));
  });

  test('the same text again makes no version', () => {
    savePolicy(file, undefined, text('one'));
    savePolicy(file, text('one'), text('one'));
    expect(readdirSync(folder)).toEqual(['policy.yaml']);
  });
});

describe('what is refused leaves the file as it was', () => {
  const unchanged = (): void => {
    expect(readFileSync(file, 'utf8')).toBe(text('one'));
    expect(readdirSync(folder).filter((name) => name !== 'policy.yaml.lock')).toEqual([
      'policy.yaml',
    ]);
  };
  beforeEach(() => savePolicy(file, undefined, text('one')));

  test('a text that is no policy', () => {
    expect(() => savePolicy(file, text('one'), 'rules: 5')).toThrow(`${file}:1:8: rules: a list`);
    unchanged();
  });

  test('a file that somebody else changed meanwhile', () => {
    expect(() => savePolicy(file, text('zero'), text('two'))).toThrow('changed by somebody else');
    unchanged();
  });

  test('a file that came into being meanwhile', () => {
    expect(() => savePolicy(file, undefined, text('two'))).toThrow('changed by somebody else');
    unchanged();
  });

  test('while another process saves', () => {
    const lock = takeLock(file);
    expect(() => savePolicy(file, text('one'), text('two'))).toThrow('is being saved by another');
    lock.release();
    unchanged();
    savePolicy(file, text('one'), text('two'));
  });
});

/** Node 20 does not read TypeScript. */
async function bundled(): Promise<string> {
  const input = join(import.meta.dirname, 'policy-writer.ts');
  const build = await rolldown({ input, platform: 'node' });
  const program = join(folder, 'writer.mjs');
  await build.write({ file: program, format: 'esm' });
  await build.close();
  return program;
}

/** Kills the writer without warning some milliseconds after it has saved once. */
function killed(program: string, after: number): Promise<number> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let saved = 0;
  child.stdout.on('data', (said: Buffer) => {
    if (saved === 0) setTimeout(() => child.kill('SIGKILL'), after);
    saved += said.toString('latin1').split('\n').length - 1;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(saved));
  });
}

test('a writer that is killed leaves a whole policy, and no lock in the way', {
  timeout: 60_000,
}, async () => {
  savePolicy(file, undefined, text('v0'));
  const program = await bundled();
  for (const after of [0, 1, 3, 7, 12, 20, 33]) {
    expect(await killed(program, after)).toBeGreaterThan(0);
    const kept = readFileSync(file, 'utf8');
    expect(kept.endsWith('# end\n')).toBe(true);
    expect(loadPolicy(file).policy.rules[0]?.note).toMatch(/^v\d+$/);
    savePolicy(file, kept, `${kept}# ours\n`);
    savePolicy(file, `${kept}# ours\n`, kept);
  }
});

test('where the policy is', () => {
  expect(policyPath('/data', undefined)).toBe('/data/policy.yaml');
  expect(policyPath('/data', 'own.yaml')).toBe('own.yaml');
  expect(() => policyPath(':memory:', undefined)).toThrow('in memory');
  expect(() => loadPolicy(join(folder, 'none.yaml'))).toThrow('There is no policy');
  expect(() => loadPolicy(folder)).toThrow('cannot be read');
});
