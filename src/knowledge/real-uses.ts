import type { Citation } from './dossier.ts';
import type { RealUse } from './real-use.ts';

const HUE: Citation = { document: 'AlCalzone/node-dtls-client issue 6', date: 'read 2026-11-22' };

/** Numbers whose registered name says something else than what devices use them for. */
export const REAL_USES: readonly RealUse[] = [
  {
    port: 2100,
    transport: 'udp',
    use: 'Philips Hue Entertainment: DTLS 1.2 with a pre-shared key, from a controller to the bridge',
    source: HUE,
  },
];
