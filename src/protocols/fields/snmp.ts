import { integerOf, OCTET_STRING, parseElement, SEQUENCE } from '../shared/ber.ts';
import { ofBoth } from '../shared/field-list.ts';
import { utf8 } from '../shared/strings.ts';

/** Version field of a message -> the version that it means (RFC 1157 §4, RFC 1901 §3, RFC 3412 §6). */
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0, '1'],
  [1, '2'],
  [3, '3'],
]);

/** Version and community, which stands in the clear and is a password in name only. */
export const snmpFields = ofBoth((bytes, fields) => {
  const whole = parseElement(bytes);
  if (whole.kind !== 'ok' || whole.value.tag !== SEQUENCE) return;
  const version = parseElement(whole.value.value);
  if (version.kind !== 'ok') return;
  const community = parseElement(whole.value.value.subarray(version.size));
  const number = integerOf(version.value);
  fields.add('snmp.version', VERSIONS.get(number ?? -1));
  if (number === 3 || community.kind !== 'ok' || community.value.tag !== OCTET_STRING) return;
  fields.add('snmp.community', utf8(community.value.value));
});
