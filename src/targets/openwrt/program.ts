import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../base/address-set.ts';
import type {
  FilterBox,
  FilterProgram,
  FilterRule,
  FilterVerdict,
  Hook,
} from '../../model/filter-program.ts';
import {
  boxesOfSection,
  isOff,
  isOn,
  OF_REDIRECT,
  OF_RULE,
  portsOf,
  rangesOf,
  value,
  values,
} from './conditions.ts';
import type { UciSection } from './uci.ts';

interface Zone {
  readonly section: UciSection;
  readonly name: string;
  readonly devices: readonly string[];
}

const ANY_ZONE = '*';
const PATHS = ['input', 'forward', 'output'] as const;
type Path = (typeof PATHS)[number];

/** What fw4 makes of the sections: chains as its ruleset.uc builds them. */
export function programOf(sections: readonly UciSection[]): {
  readonly program: FilterProgram;
  readonly notes: readonly string[];
} {
  return new Fw4(sections).program();
}

class Fw4 {
  readonly #sections: readonly UciSection[];
  readonly #zones: readonly Zone[];
  readonly #chains = new Map<string, FilterRule[]>();
  readonly #notes: string[] = [];

  constructor(sections: readonly UciSection[]) {
    this.#sections = sections.filter((section) => this.#isInForce(section));
    this.#zones = this.#ofType('zone').map((section) => ({
      section,
      name: value(section, 'name') ?? '',
      devices: this.#devicesOf(section),
    }));
  }

  program(): ReturnType<typeof programOf> {
    for (const path of PATHS) this.#begin(path);
    for (const section of this.#ofType('rule')) this.#rule(section);
    for (const section of this.#ofType('forwarding')) this.#forwarding(section);
    for (const section of this.#ofType('redirect')) this.#redirect(section);
    for (const zone of this.#zones) this.#endOfZone(zone);
    for (const path of PATHS) this.#end(path);
    for (const section of this.#sections) this.#unread(section);
    const filter = PATHS.map((path) => base(path, path, 'filter', this.#default(path)));
    const nat = [base('dstnat', 'prerouting', 'nat'), base('srcnat', 'postrouting', 'nat')];
    for (const { chain } of nat) this.#chain(chain);
    return { program: { base: [...filter, ...nat], chains: this.#chains }, notes: this.#notes };
  }

  #isInForce(section: UciSection): boolean {
    if (section.package !== 'firewall' || !isOff(value(section, 'enabled'))) return true;
    this.#notes.push(`line ${section.line}: ${section.type} is not enabled`);
    return false;
  }

  #ofType(type: string): readonly UciSection[] {
    return this.#sections.filter((each) => each.package === 'firewall' && each.type === type);
  }

  /** What else there is may add rules that are not seen here. */
  #unread(section: UciSection): void {
    const known = ['defaults', 'zone', 'rule', 'forwarding', 'redirect'];
    if (section.package !== 'firewall' || known.includes(section.type)) return;
    this.#notes.push(`line ${section.line}: what a section ${section.type} adds is not read`);
    if (section.type !== 'include' && section.type !== 'nat') return;
    const text = `config ${section.type}`;
    const chain = section.type === 'nat' ? 'srcnat' : 'forward';
    for (const kind of section.type === 'nat'
      ? (['masquerade'] as const)
      : (['accept', 'drop'] as const)) {
      this.#chain(chain).unshift({
        text,
        line: section.line,
        boxes: [{ opaque: text }],
        verdict: { kind },
      });
    }
  }

  /** Devices, and those of its networks, where the package `network` is in the text as well. */
  #devicesOf(zone: UciSection): readonly string[] {
    const networks = values(zone, 'network').flatMap((name) => {
      const section = this.#sections.find(
        (each) => each.package === 'network' && each.type === 'interface' && each.name === name,
      );
      const devices = section && [...values(section, 'device'), ...values(section, 'ifname')];
      if (devices !== undefined && devices.length > 0) return devices;
      this.#notes.push(
        `line ${zone.line}: the device of network ${name} is not in the text, its name stands for it`,
      );
      return [name];
    });
    return [...values(zone, 'device').map((name) => name.replace(/\+$/, '*')), ...networks];
  }

  #chain(name: string): FilterRule[] {
    const known = this.#chains.get(name);
    if (known !== undefined) return known;
    const made: FilterRule[] = [];
    this.#chains.set(name, made);
    return made;
  }

  #default(path: Path): 'accept' | 'drop' {
    return this.#word(this.#ofType('defaults')[0], path) === 'accept' ? 'accept' : 'drop';
  }

  /** fw4 drops where a default is not said. */
  #word(section: UciSection | undefined, path: Path): 'accept' | 'drop' | 'reject' {
    const own = section && value(section, path);
    const general = this.#ofType('defaults')[0];
    const word = (own ?? (general && value(general, path)) ?? '').toLowerCase();
    return word === 'accept' || word === 'reject' ? word : 'drop';
  }

  #begin(path: Path): void {
    const [defaults] = this.#ofType('defaults');
    const line = defaults?.line ?? 1;
    const chain = this.#chain(path);
    if (path === 'input') chain.push(ruleOf('loopback', line, [{ inputs: ['lo'] }], 'accept'));
    chain.push(ruleOf('known', line, [{ states: ['established', 'related'] }], 'accept'));
    if (defaults !== undefined && isOn(value(defaults, 'drop_invalid'))) {
      chain.push(ruleOf('drop_invalid', line, [{ states: ['invalid'] }], 'drop'));
    }
  }

  #end(path: Path): void {
    const [defaults] = this.#ofType('defaults');
    const line = defaults?.line ?? 1;
    const chain = this.#chain(path);
    for (const { name, devices, section } of this.#zones) {
      const box = path === 'output' ? { outputs: devices } : { inputs: devices };
      const text = `${path} of zone ${name}`;
      this.#chain(`${path}_${name}`);
      chain.push(ruleOf(text, section.line, [box], { kind: 'jump', chain: `${path}_${name}` }));
    }
    if (this.#word(defaults, path) === 'reject')
      chain.push(ruleOf(`${path} REJECT`, line, [{}], 'reject'));
  }

  /** A zone forwards among its own devices as it says; the rest falls to the default. */
  #endOfZone({ name, devices, section }: Zone): void {
    for (const path of PATHS) {
      const box = path === 'forward' ? { outputs: devices } : {};
      const word = this.#word(section, path);
      const chain = this.#chain(`${path}_${name}`);
      chain.push(ruleOf(`option ${path} ${word.toUpperCase()}`, section.line, [box], word));
    }
    for (const [key, family] of [
      ['masq', 4],
      ['masq6', 6],
    ] as const) {
      if (!isOn(value(section, key))) continue;
      const box = {
        outputs: devices,
        sources: EVERY_ADDRESS.filter((each) => each.family === family),
      };
      this.#chain('srcnat').push(
        ruleOf(`option ${key} 1`, section.line, [box], { kind: 'masquerade' }),
      );
    }
  }

  /** Where a rule goes: to the chain of its source's zone, or to the one before all zones. */
  #place(section: UciSection): { readonly chain: string; readonly out: FilterBox } {
    const src = value(section, 'src');
    const dest = value(section, 'dest');
    if (src === undefined && dest === undefined) return { chain: 'output', out: {} };
    if (src === undefined)
      return { chain: dest === ANY_ZONE ? 'output' : `output_${dest}`, out: {} };
    const path = dest === undefined ? 'input' : 'forward';
    const chain = src === ANY_ZONE ? path : `${path}_${src}`;
    return { chain, out: dest === undefined || dest === ANY_ZONE ? {} : this.#outOf(dest) };
  }

  #outOf(name: string): FilterBox {
    return { outputs: this.#zones.find((zone) => zone.name === name)?.devices ?? [] };
  }

  #rule(section: UciSection): void {
    const { chain, out } = this.#place(section);
    const boxes = boxesOfSection(section, OF_RULE).map((box) => ({ ...out, ...box }));
    const target = (value(section, 'target') ?? '').toLowerCase();
    const text = nameOf(section);
    if (target === 'accept' || target === 'drop' || target === 'reject') {
      this.#chain(chain).push(ruleOf(text, section.line, boxes, target));
      return;
    }
    // MARK, NOTRACK, DSCP and the like decide nothing here.
    this.#chain(chain).push({ text, line: section.line, boxes });
  }

  #forwarding(section: UciSection): void {
    const src = value(section, 'src') ?? '';
    const box = this.#outOf(value(section, 'dest') ?? '');
    const family = (value(section, 'family') ?? '').toLowerCase();
    const only = EVERY_ADDRESS.filter((range) => family === `ipv${range.family}`);
    const boxes = [only.length === 0 ? box : { ...box, sources: only }];
    this.#chain(`forward_${src}`).push(ruleOf(`${src} forwarding`, section.line, boxes, 'accept'));
  }

  /** What is redirected may pass as well: `ct status dnat accept` of the zone that it comes from. */
  #redirect(section: UciSection): void {
    if ((value(section, 'target') ?? 'DNAT').toUpperCase() !== 'DNAT') {
      const boxes = [{ ...this.#outOf(value(section, 'dest') ?? ''), opaque: 'SNAT' }];
      this.#chain('srcnat').push(
        ruleOf(nameOf(section), section.line, boxes, { kind: 'masquerade' }),
      );
      return;
    }
    const src = value(section, 'src') ?? '';
    const inputs = this.#zones.find((zone) => zone.name === src)?.devices ?? [];
    const boxes = boxesOfSection(section, OF_REDIRECT).map((box) => ({ ...box, inputs }));
    this.#chain('dstnat').push(
      ruleOf(nameOf(section), section.line, boxes, destinationOf(section)),
    );
    const accept = ruleOf('port forwards', section.line, [{ translated: true }], 'accept');
    for (const path of ['input', 'forward']) this.#chain(`${path}_${src}`).push(accept);
  }
}

function destinationOf(section: UciSection): FilterVerdict {
  const addresses: AddressSet = addressSet(
    values(section, 'dest_ip').flatMap((text) => rangesOf(text) ?? []),
  );
  const ports = portsOf(values(section, 'dest_port'), []);
  const to = ports === undefined ? {} : { ports };
  return addresses.length === 0 ? { kind: 'redirect', ...to } : { kind: 'dnat', addresses, ...to };
}

function nameOf(section: UciSection): string {
  return `config ${section.type} ${value(section, 'name') ?? section.name}`.trim().slice(0, 200);
}

function ruleOf(
  text: string,
  line: number,
  boxes: readonly FilterBox[],
  verdict: FilterVerdict | 'accept' | 'drop' | 'reject',
): FilterRule {
  return { text, line, boxes, verdict: typeof verdict === 'string' ? { kind: verdict } : verdict };
}

function base(
  chain: string,
  hook: Hook,
  kind: 'filter' | 'nat',
  verdict: 'accept' | 'drop' = 'accept',
): FilterProgram['base'][number] {
  const priority = kind === 'filter' ? 0 : hook === 'prerouting' ? -100 : 100;
  return { chain, hook, kind, priority, verdict };
}
