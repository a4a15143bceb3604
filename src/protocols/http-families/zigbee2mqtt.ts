import { attributes, isTitled } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** The page is served to everybody; whether it works without a token shows only behind it. */
export const zigbee2mqtt = {
  id: 'zigbee2mqtt',
  title: 'Zigbee2MQTT frontend',
  sources: ['Zigbee2MQTT documentation, Configuration: Frontend'],
  suspects: (root) => (isTitled(root, 'zigbee2mqtt') ? 'named' : 'no'),
  root: () => attributes({ vendor: 'Zigbee2MQTT', kind: 'bridge' }),
} as const satisfies HttpFamily;
