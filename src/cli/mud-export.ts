import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { reveal } from '../base/untrusted.ts';
import { signMud } from '../io/mud/signature.ts';
import { loadPolicy } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { Device } from '../model/device.ts';
import type { WrittenMud } from '../policy/mud/write-mud.ts';
import { writeMud } from '../policy/mud/write-mud.ts';
import type { Input } from './command.ts';
import { attribute, count } from './format.ts';
import { policyFile } from './policy-run.ts';
import type { Shell } from './shell.ts';

/** 5 where some rule of the device cannot be said in MUD. */
export function runMudExport(shell: Shell, input: Input, what: string): Promise<number> {
  return withSession(shell, async (session) => {
    const { policy } = loadPolicy(policyFile(shell, input));
    const device = findDevice(session.site(), what);
    const context = bindContext(shell, session);
    const url = input.text('url') ?? ownUrl(context, device.id);
    const signing = signingOf(input);
    const written = writeMud(policy, {
      device: device.id,
      url,
      lastUpdate: shell.now(),
      context,
      ...(signing === undefined ? {} : { signature: signatureUrl(url, signing.out) }),
      ...wordsOf(device),
    });
    const out = input.text('out');
    if (out === undefined) shell.out(written.text);
    else writeFile(out, written.text);
    if (signing !== undefined) {
      writeFile(`${signing.out}.p7s`, await signMud(Buffer.from(written.text), signing));
      shell.say(`Signed: ${signing.out}.p7s`);
    }
    return report(shell, written);
  });
}

function wordsOf(device: Device): { manufacturer?: string; model?: string } {
  const [vendor, model] = [attribute(device, 'vendor'), attribute(device, 'model')];
  return {
    ...(vendor === '' ? {} : { manufacturer: reveal(vendor) }),
    ...(model === '' ? {} : { model: reveal(model) }),
  };
}

interface Signing {
  readonly key: string;
  readonly certificate: string;
  readonly out: string;
}

function signingOf(input: Input): Signing | undefined {
  const [out, key, certificate] = [input.text('out'), input.text('sign'), input.text('cert')];
  if (key === undefined && certificate === undefined) return undefined;
  if (key !== undefined && certificate !== undefined && out !== undefined) {
    return { key, certificate, out };
  }
  throw new PortolanError('E_USAGE', 'To sign takes --sign KEY, --cert CERT and --out FILE', {
    remedy: 'See the examples: portolan mud --help',
  });
}

function ownUrl(context: ReturnType<typeof bindContext>, device: string): string {
  const url = context.devices.find(({ id }) => id === device)?.mudUrl;
  if (url !== undefined) return url;
  throw new PortolanError('E_USAGE', 'The device names no MUD URL, so the file needs one', {
    remedy: 'Say where it is going to be found: --url https://mud.example.com/bulb.json',
  });
}

/** Beside the file, under the name that it gets here. */
function signatureUrl(url: string, out: string): string {
  return new URL(encodeURIComponent(`${basename(out)}.p7s`), url).href;
}

function writeFile(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new PortolanError('E_OUTPUT', `${file} cannot be written`, {
      remedy: 'Check the folder and its permissions',
      cause: error,
    });
  }
}

function report(shell: Shell, { lints, mappings }: WrittenMud): number {
  for (const { code, rule, message } of lints) {
    shell.warn(forTerminal(`rule ${rule}: ${message}  [${code}]`));
  }
  for (const one of mappings) {
    const members = forTerminal(one.members.join(', '));
    shell.say(
      `${one.class} stands for ${members}: whoever imports the file names theirs in ${one.endpoint}`,
    );
  }
  const left = lints.filter(({ code }) => code === 'not-exported').length;
  if (left === 0) return 0;
  shell.say(
    `${count(left, 'rule')} could not be said in MUD: the file allows less than the policy.`,
  );
  return 5;
}
