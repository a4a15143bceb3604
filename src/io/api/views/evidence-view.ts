import { isoInstant } from '../../../base/instant.ts';
import { quote } from '../../../base/untrusted.ts';
import type { EvidenceView } from '../../../model/api/site.ts';
import type { Evidence, Fact, Subject, UserWord } from '../../../model/evidence.ts';

export function evidenceView(evidence: Evidence): EvidenceView {
  const { id, at, source, observer, subject, certainty, fact, proof } = evidence;
  return {
    id,
    at,
    source,
    observer,
    subject: subjectText(subject),
    certainty,
    kind: fact.kind,
    text: factText(fact),
    ...(proof === undefined ? {} : { request: proof.request, response: proof.response }),
  };
}

function subjectText({ address, mac, transport, port }: Subject): string {
  const place = transport === undefined || port === undefined ? '' : ` ${transport}/${port}`;
  return `${address}${place}${mac === undefined ? '' : ` (${mac})`}`;
}

/** What a piece of evidence says, in a sentence without its subject. */
export function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'present':
      return `was there, by ${fact.via}`;
    case 'open':
      return 'the port answered';
    case 'swept':
      return sweptText(fact);
    case 'speaks':
      return `speaks ${fact.protocol}${fact.version === 'unknown' ? '' : ` ${fact.version}`}`;
    case 'unrecognised':
      return `answered with ${fact.signature.length} octets that no protocol claims`;
    case 'access':
      return fact.level === 'open' ? 'answers without a login' : 'asks for a login';
    case 'attribute':
      return `${fact.name} is ${quote(fact.value)}`;
    case 'identifier':
      return `is known by ${fact.scheme} ${quote(fact.value)}`;
    case 'detail':
      return `${fact.name}: ${quote(fact.value)}`;
    case 'tls':
      return `accepts ${fact.tls.versions.join(', ')} with ${fact.tls.cipher}${certificateText(fact)}`;
    case 'amplification':
      return `answers ${fact.sent} octets with ${fact.received}`;
    case 'advertises':
      return `says that it offers ${quote(fact.service)} on ${fact.transport}/${fact.port}`;
    case 'mapping':
      return `${fact.transport}/${fact.outsidePort} outside leads to ${fact.insideAddress}:${fact.insidePort}, ${fact.told ?? 'listed'} by ${quote(fact.by)}`;
    case 'distress':
      return `stopped answering after ${fact.after}`;
    case 'tarpit':
      return `${fact.ports} ports answer alike: no list of services`;
    default:
      return wordText(fact);
  }
}

/** What a person said. */
function wordText(fact: UserWord): string {
  switch (fact.kind) {
    case 'called':
      return `is called ${quote(fact.name)}`;
    case 'corrected':
      return `${fact.name} is ${quote(fact.value)}`;
    case 'treat-as':
      return `is to be treated as ${fact.robustness}`;
    case 'same':
      return `is the same device as ${fact.key}`;
    case 'not-same':
      return `is another device than ${fact.key}`;
    case 'child':
      return `speaks for ${quote(fact.name)} (${fact.id})`;
    case 'named-protocol':
      return `the protocol is called ${fact.protocol}`;
    case 'needed':
      return `${fact.transport}/${fact.port} is ${fact.needed ? '' : 'not '}needed`;
    case 'retract':
      return `takes back evidence ${fact.evidence}`;
  }
}

function sweptText({ transport, closed, silent }: Extract<Fact, { kind: 'swept' }>): string {
  const parts = [
    closed === '' ? '' : `closed: ${transport} ${closed}`,
    silent === '' ? '' : `no answer: ${transport} ${silent}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function certificateText({ tls }: Extract<Fact, { kind: 'tls' }>): string {
  const { certificate } = tls;
  if (certificate === undefined) return '';
  return `; certificate of ${quote(certificate.subject)}, until ${isoInstant(certificate.notAfter)}`;
}
