import { reveal } from '../base/untrusted.ts';
import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { ATTACK_SURFACE } from './shared/clauses.ts';
import { nameOf } from './shared/say.ts';

export const printerRaw = {
  id: 'printer-raw',
  title: 'A printer prints whatever anybody sends',
  threat: 'unauthorised-access',
  sources: [
    'Müller et al., "SoK: Exploiting Network Printers", IEEE S&P 2017, §V',
    'IANA service names and port numbers (2025-11-14): 9100 pdl-datastream',
  ],
  clauses: ATTACK_SURFACE,
  checkDevice,
} as const satisfies RiskRule;

/** PDL data stream; IANA: pdl-datastream. */
const RAW_PORT = 9100;

/**
 * The port is never spoken to (each byte would be printed), so its number alone would be a hint;
 * that the device is a printer is what makes it more. Low: paper and, with PJL, the printer's files.
 */
function checkDevice({ device, services, evidence }: DeviceContext): readonly Judgement[] {
  const category = device.attributes.category?.find(
    ({ value }) => reveal(value) === device.category,
  );
  if (device.category !== 'printer' || category === undefined || category.certainty === 'hint') {
    return [];
  }
  const raw = services.find(
    ({ transport, port, state }) => transport === 'tcp' && port === RAW_PORT && state === 'open',
  );
  if (raw === undefined || evidence.length === 0) return [];
  return [
    {
      severity: 'low',
      certainty: 'likely',
      summary: `${nameOf(device)} takes print data on tcp/${RAW_PORT} with no authentication.`,
      impact: 'Anybody on the network can print, and on many models read stored documents by PJL.',
      remedy: `Print by IPP over TLS (port 631) and switch raw printing on tcp/${RAW_PORT} off.`,
      evidence: [...new Set([...raw.evidence, ...category.evidence])],
      port: RAW_PORT,
      transport: 'tcp',
    },
  ];
}
