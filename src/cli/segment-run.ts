import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { withSession } from '../io/site/session.ts';
import type { Site } from '../model/site.ts';
import { planFiles } from '../policy/segment/artefacts.ts';
import { planSegments } from '../policy/segment/plan.ts';
import type { SegmentOptions, SegmentPlan } from '../policy/segment/segment.ts';
import { DEFAULTS } from '../policy/segment/segment.ts';
import type { Input } from './command.ts';
import { segmentPage } from './segment-html.ts';
import { segmentInput } from './segment-input.ts';
import { namesOf, planJson, printPlan } from './segment-print.ts';
import type { Shell } from './shell.ts';

const DAY = 86_400_000;
/** Linux: IFNAMSIZ less the end; what other routers call theirs is no longer. */
const INTERFACE = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,9}$/;
/** More zones than anybody can look after. */
const MOST_ZONES = 32;

export function runSegment(shell: Shell, input: Input): Promise<number> {
  const [verb = 'plan'] = input.args;
  if (verb !== 'plan') {
    throw new PortolanError('E_USAGE', `There is no "segment ${verb}"`, {
      remedy: 'Make a plan: portolan segment plan',
    });
  }
  const options = optionsOf(input);
  const ports = (input.text('ports') ?? 'lan1,lan2,lan3,lan4').split(',');
  for (const port of ports) interfaceName('--ports', port);
  const since = sinceOf(shell, input.text('since'));
  return withSession(shell, async (session) => {
    const site = session.site();
    if (site.devices.length === 0) {
      throw new PortolanError('E_NOT_FOUND', 'No device is known, so nothing can be divided', {
        remedy: 'Look for devices first: portolan scan',
      });
    }
    const plan = planSegments(await segmentInput(shell, session, site, since), options);
    if (shell.json) shell.out(planJson(shell, plan));
    else printPlan(shell, plan, namesOf(plan, site));
    writeOutput(shell, input, { plan, site, options, ports });
    return 0;
  });
}

function optionsOf(input: Input): SegmentOptions {
  const zones = Number(input.text('zones') ?? DEFAULTS.zones);
  if (!Number.isInteger(zones) || zones < 2 || zones > MOST_ZONES) {
    throw new PortolanError('E_USAGE', '--zones is no number from 2 to 32', {
      remedy: 'For example: portolan segment plan --zones 6',
    });
  }
  const lambda = Number(input.text('weight') ?? DEFAULTS.lambda);
  if (!Number.isFinite(lambda) || lambda < 0) {
    throw new PortolanError('E_USAGE', '--weight is no number from 0 on', {
      remedy: 'For example: portolan segment plan --weight 4',
    });
  }
  return {
    zones,
    lambda,
    rules: input.text('rules') === 'devices' ? 'devices' : 'zones',
    lan: interfaceName('--lan', input.text('lan') ?? DEFAULTS.lan),
    wan: interfaceName('--wan', input.text('wan') ?? DEFAULTS.wan),
  };
}

/** It goes into files that routers run. */
function interfaceName(option: string, name: string): string {
  if (INTERFACE.test(name)) return name;
  throw new PortolanError('E_USAGE', `${option} has ${JSON.stringify(name)}, no interface’s name`, {
    remedy: 'Letters, digits, - and _, at most ten; for example --lan br-lan --wan wan',
  });
}

function sinceOf(shell: Shell, text: string | undefined): number | undefined {
  const days = /^(\d{1,4})d$/.exec(text ?? '30d')?.[1];
  if (days !== undefined) return shell.now() - Number(days) * DAY;
  throw new PortolanError('E_USAGE', `--since "${text}" is no number of days`, {
    remedy: 'For example: portolan segment plan --since 14d',
  });
}

interface Made {
  readonly plan: SegmentPlan;
  readonly site: Site;
  readonly options: SegmentOptions;
  readonly ports: readonly string[];
}

function writeOutput(shell: Shell, input: Input, { plan, site, options, ports }: Made): void {
  const folder = input.text('output');
  const page = input.text('html');
  if (folder !== undefined) {
    const files = planFiles(plan, options, ports);
    write(folder, () => {
      mkdirSync(folder, { recursive: true });
      for (const { name, text } of files) writeFileSync(join(folder, name), text, { mode: 0o600 });
    });
    shell.say(`Wrote ${files.map(({ name }) => join(folder, name)).join(', ')}`);
    shell.hint(
      `Look at what it would change: portolan plan --policy ${join(folder, 'policy.yaml')}`,
    );
  }
  if (page === undefined) return;
  write(page, () => writeFileSync(page, segmentPage(plan, site)));
  shell.say(`Wrote ${page}`);
}

function write(where: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new PortolanError('E_OUTPUT', `${where} cannot be written`, {
      remedy: 'Name a place in which you may write: portolan segment plan -o out',
      cause,
    });
  }
}
