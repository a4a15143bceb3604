import type { Untrusted } from '../../base/untrusted.ts';
import { reveal, visible } from '../../base/untrusted.ts';
import type { Mapping } from './mappings.ts';

/** How a mapping is taken away; portolan never does it itself. */
export interface Removal {
  /** One line for a shell, quoted; absent where no tool can. */
  readonly command?: string;
  readonly where: 'any computer inside' | 'the device that asked' | 'the router';
}

/**
 * The exact command (miniupnpc's upnpc(1), natpmpc(1), nft(8), iptables(8)). UPnP lists what came
 * about by NAT-PMP and PCP too, and takes it away, so its tool is preferred.
 */
export function removalOf(mapping: Mapping): Removal {
  const { vias, pinhole, undo, insideAddress } = mapping;
  if (pinhole !== undefined) {
    // Over IPv6, and by whoever asked alone (WANIPv6FirewallControl:1 §2.5.5, error 606).
    return {
      command: line(['upnpc', '-6', '-D', String(pinhole)]),
      where: 'the device that asked',
    };
  }
  const isListed = vias.includes('upnp-igd') || vias.includes('import');
  if (isListed && !insideAddress.includes(':')) {
    return { command: line(deleteMapping(mapping)), where: 'any computer inside' };
  }
  const command = undo === undefined ? undefined : shellLine(undo);
  if (command !== undefined) return { command, where: 'the router' };
  if (vias.includes('nat-pmp')) {
    return { command: line(natPmp(mapping)), where: 'the device that asked' };
  }
  return { where: 'the router' };
}

function deleteMapping({ transport, outsidePort, remoteHost }: Mapping): readonly string[] {
  const host = remoteHost === undefined ? [] : [remoteHost];
  return ['upnpc', '-d', String(outsidePort), transport.toUpperCase(), ...host];
}

/** A lifetime of 0 takes a mapping away (RFC 6886 §3.4). */
function natPmp({ transport, outsidePort, insidePort }: Mapping): readonly string[] {
  return ['natpmpc', '-a', String(outsidePort), String(insidePort), transport, '0'];
}

/** Undefined for one with a control character, which no shell line carries as it is. */
function shellLine(argv: readonly Untrusted[]): string | undefined {
  const words = argv.map((word) => reveal(word));
  return words.some((word) => visible(word) !== word) ? undefined : line(words);
}

function line(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ');
}

/** POSIX.1-2017 Shell Command Language §2.2.2: nothing is special within single quotes. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
