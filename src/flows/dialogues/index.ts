import { amqp } from './amqp.ts';
import { bacnet } from './bacnet.ts';
import type { DialogueKind } from './dialogue.ts';
import { dtls } from './dtls.ts';
import { enip } from './enip.ts';
import { http } from './http.ts';
import { lines } from './lines.ts';
import { modbus } from './modbus.ts';
import { mqtt } from './mqtt.ts';
import { opcua } from './opcua.ts';
import { quic } from './quic.ts';
import { s7comm } from './s7comm.ts';
import { ssh } from './ssh.ts';
import { telnet } from './telnet.ts';
import { tls } from './tls.ts';

/** Asked in this order by what is said first: what is told apart most surely comes first. */
export const dialogueKinds: readonly DialogueKind[] = [
  tls,
  dtls,
  quic,
  http,
  mqtt,
  ssh,
  amqp,
  s7comm,
  opcua,
  bacnet,
  lines,
  telnet,
  enip,
  modbus,
];
