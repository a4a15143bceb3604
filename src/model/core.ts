/** Milliseconds since 1970, from the packet, the probe or the import: never from a clock of ours. */
export type Instant = number;

export type Transport = 'tcp' | 'udp';

/** What carries an application protocol: MQTT over `tls` is what the field calls MQTTS. */
export type Carrier = Transport | 'tls' | 'dtls';

/** `proved`: both sides kept to the grammar. `likely`: one side did. `hint`: a port number only. */
export type Certainty = 'proved' | 'likely' | 'hint';

/** What is not known is `unknown`, never `no`. */
export type Answer = 'yes' | 'no' | 'unknown';

/** Whether a service answered somebody who showed no credentials. */
export type Access = 'open' | 'credentials';

/** The four risks of the article. */
export type Threat = 'unauthorised-access' | 'interception' | 'ddos' | 'malware';

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** Ascending. */
export const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

/** RFC 8520's words for the two halves of a device's traffic: who opens the connection. */
export type Direction = 'to-device' | 'from-device';

export type Category =
  | 'smart-home'
  | 'wearable'
  | 'industrial'
  | 'printer'
  | 'infrastructure'
  | 'general-purpose';

/**
 * How much a device can bear. `fragile` gets only its own protocol's read request, one connection
 * at a time; only `robust` may be asked faster than the default.
 */
export type Robustness = 'fragile' | 'unknown' | 'robust';

const RANK: Readonly<Record<Certainty, number>> = { hint: 0, likely: 1, proved: 2 };

/** Positive where `a` is the more certain. */
export function compareCertainty(a: Certainty, b: Certainty): number {
  return RANK[a] - RANK[b];
}

export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
