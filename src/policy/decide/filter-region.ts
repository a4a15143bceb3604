import type { BoundDevice } from '../../model/bound-policy.ts';
import type { FilterBox } from '../../model/filter-program.ts';
import type { Domain } from './domain.ts';
import {
  common,
  complement,
  FORWARDED,
  octetIntervals,
  portIntervals,
  SELF,
  united,
} from './domain.ts';
import { regionOf, WITH_PORTS, WITH_TYPES } from './lower.ts';
import type { Intervals, Region } from './space.ts';
import { END } from './space.ts';

/** Where a rule of a firewall may match; `certain`: it matches in all of it. */
export interface FilterRegion {
  readonly region: Region;
  readonly certain: boolean;
}

/** Turns the conditions of a firewall's rules into regions of a domain. */
export class FilterLowering {
  readonly #domain: Domain;
  readonly #devices: readonly BoundDevice[];

  constructor(domain: Domain, devices: readonly BoundDevice[]) {
    this.#domain = domain;
    this.#devices = devices;
  }

  region(box: FilterBox): FilterRegion {
    const is = this.#senders(box.sourceMacs);
    const isNot = this.#senders(box.notSourceMacs);
    const sources = box.sources && this.#domain.addressSet(box.sources);
    const inputs = this.#inputs(box);
    const outputs = this.#outputs(box);
    const region = regionOf({
      input: inputs,
      output: common(outputs, localOf(box.local)),
      protocol: protocolsOf(box),
      source: common(sources, common(is.from, isNot.from && complement(isNot.from))),
      destination: box.destinations && this.#domain.addressSet(box.destinations),
      port: portOf(box),
      sourcePort: box.sourcePorts && portIntervals(box.sourcePorts),
      translated: translatedOf(box.translated),
    });
    return { region, certain: is.known && isNot.known && box.opaque === undefined };
  }

  #inputs({ inputs, notInputs }: FilterBox): Intervals | undefined {
    const not = notInputs && complement(this.#domain.inputs(notInputs));
    return common(inputs && this.#domain.inputs(inputs), not);
  }

  /** The router itself is no interface: it is among those that are not one of these. */
  #outputs({ outputs, notOutputs }: FilterBox): Intervals | undefined {
    const not = notOutputs && complement(this.#domain.outputs(notOutputs));
    return common(outputs && this.#domain.outputs(outputs), not);
  }

  /**
   * Where a device sends from its own addresses only and nobody else from them, a MAC says what an
   * address says. Not known for MACs that are of no device, or of one that has others as well.
   */
  #senders(macs: readonly string[] | undefined): { from?: Intervals; known: boolean } {
    if (macs === undefined) return { known: true };
    const owners = this.#devices.filter((device) => device.macs.some((mac) => macs.includes(mac)));
    const theirs = owners.flatMap((device) => device.macs);
    const isWhole =
      macs.every((mac) => theirs.includes(mac)) && theirs.every((mac) => macs.includes(mac));
    if (!isWhole) return { known: false };
    const from = owners.map(({ addresses }) => this.#domain.addressSet(addresses));
    return { from: united(from), known: true };
  }
}

function localOf(local: boolean | undefined): Intervals | undefined {
  if (local === undefined) return undefined;
  return local ? SELF : FORWARDED;
}

function translatedOf(translated: boolean | undefined): Intervals | undefined {
  if (translated === undefined) return undefined;
  return translated ? [1, END] : [0, 1];
}

/** Who asks for a port asks for a protocol that has one. */
function protocolsOf(box: FilterBox): Intervals | undefined {
  const { protocols, sourcePorts, destinationPorts, types } = box;
  const asksPort = sourcePorts !== undefined || destinationPorts !== undefined;
  const ported = common(protocols && octetIntervals(protocols), asksPort ? WITH_PORTS : undefined);
  return types === undefined ? ported : common(ported, WITH_TYPES);
}

function portOf({ destinationPorts, types }: FilterBox): Intervals | undefined {
  const ports = destinationPorts && portIntervals(destinationPorts);
  return common(ports, types && octetIntervals(types));
}
