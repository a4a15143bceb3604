import type { Claim } from './claims.ts';
import type { Citation } from './dossier.ts';

const IANA: Citation = {
  document: 'IANA Service Name and Transport Protocol Port Number Registry',
  date: '2025-11-14',
};

/** The article's statements on protocols and ranges; those on devices stand in `article-devices.ts`. */
export const ARTICLE_PROTOCOLS: readonly Claim[] = [
  {
    subject: 'http',
    aliases: ['web'],
    ports: '80',
    statement: 'HTTP uses port 80.',
    verdict: 'supported',
    answer: 'It is readable by anyone on the path: use HTTPS where the device has it.',
    evidence: [
      { text: 'http 80/tcp, 80/udp and 80/sctp', source: IANA },
      {
        text: 'The http scheme has port 80 as its default',
        source: { document: 'RFC 9110 section 4.2.1', date: '2022-06' },
      },
    ],
  },
  {
    subject: 'https',
    aliases: [],
    ports: '443',
    statement: 'HTTPS uses port 443.',
    verdict: 'supported',
    answer: 'Also UDP 443, since HTTP/3 runs over QUIC: a rule for TCP alone does not cover it.',
    evidence: [
      { text: 'https 443/tcp, 443/udp and 443/sctp', source: IANA },
      {
        text: 'HTTP/3 is HTTP over QUIC, which is over UDP',
        source: { document: 'RFC 9114 section 3', date: '2022-06' },
      },
    ],
  },
  {
    subject: 'smtp',
    aliases: ['mail', 'email'],
    ports: '25',
    statement: 'Mail clients use SMTP on port 25.',
    verdict: 'incomplete',
    answer:
      'Clients submit on 587 or 465. Port 25 out of an IoT device is a sign of spam or malware.',
    evidence: [
      { text: 'smtp 25; submission 587; submissions 465', source: IANA },
      {
        text: 'Message submission is port 587',
        source: { document: 'RFC 6409 section 3.1', date: '2011-11' },
      },
      {
        text: 'Implicit TLS for submission is port 465',
        source: { document: 'RFC 8314 section 3.3', date: '2018-01' },
      },
    ],
  },
  {
    subject: 'mqtt',
    aliases: [],
    ports: '1883',
    statement: 'MQTT uses port 1883.',
    verdict: 'supported',
    answer: 'It is in the clear: prefer 8883, and see that the broker asks for a login.',
    evidence: [
      { text: 'mqtt 1883/tcp and 1883/udp, modified 2015-02-10', source: IANA },
      {
        text: 'TCP ports 8883 and 1883 are registered for MQTT with and without TLS',
        source: { document: 'OASIS MQTT Version 5.0 section 4.2', date: '2019-03-07' },
      },
    ],
  },
  {
    subject: 'mqtts',
    aliases: ['secure-mqtt'],
    ports: '8883',
    statement: 'MQTT over TLS uses port 8883.',
    verdict: 'supported',
    answer:
      'It lies inside the custom range 8000-9000 that the article names, so a range is no substitute for the number.',
    evidence: [{ text: 'secure-mqtt 8883/tcp and 8883/udp, modified 2015-03-06', source: IANA }],
  },
  {
    subject: 'coap',
    aliases: [],
    ports: '5683',
    statement: 'CoAP uses port 5683.',
    verdict: 'incomplete',
    answer:
      'It is UDP, which a TCP scan never sees; CoAP over DTLS is 5684/udp. TCP came later and is rare.',
    evidence: [
      { text: 'coap 5683/udp', source: { document: 'RFC 7252 section 6.1', date: '2014-06' } },
      { text: 'coaps 5684/udp', source: { document: 'RFC 7252 section 6.2', date: '2014-06' } },
      { text: 'coap+tcp 5683/tcp', source: { document: 'RFC 8323 section 8.1', date: '2018-02' } },
    ],
  },
  {
    subject: 'coaps',
    aliases: ['dtls'],
    ports: '',
    statement: 'CoAP is secured by DTLS.',
    verdict: 'incomplete',
    answer: 'The article gives no number: it is 5684/udp, or 5684/tcp with TLS.',
    evidence: [{ text: 'coaps 5684/udp and 5684/tcp', source: IANA }],
  },
  {
    subject: 'amqp',
    aliases: ['amqps'],
    ports: '',
    statement: 'AMQP carries messages of IoT systems.',
    verdict: 'incomplete',
    answer: 'The article gives no number: amqp is 5672, amqps 5671.',
    evidence: [{ text: 'amqp 5672 and amqps 5671', source: IANA }],
  },
  {
    subject: 'tls',
    aliases: ['ssl', 'ssl/tls'],
    ports: '',
    statement: 'SSL/TLS protects the traffic.',
    verdict: 'incomplete',
    answer:
      'SSL and TLS 1.0 and 1.1 are withdrawn: at least TLS 1.2, and older versions are a finding.',
    evidence: [
      {
        text: 'SSLv3 must not be used',
        source: { document: 'RFC 7568 section 3', date: '2015-06' },
      },
      {
        text: 'TLS 1.0 and 1.1 must not be used',
        source: { document: 'RFC 8996 sections 4 and 5', date: '2021-03' },
      },
    ],
  },
  {
    subject: 'custom',
    aliases: ['custom-range', 'proprietary'],
    ports: '8000-9000',
    statement: 'Custom protocols use 8000-9000.',
    verdict: 'incomplete',
    answer: 'It is a habit, not a standard: tell the protocol by its bytes, never by the number.',
    evidence: [
      { text: '222 of these 1,001 numbers have an assigned name', source: IANA },
      {
        text: 'Ports 1024-49151 are user ports, assigned on request',
        source: { document: 'RFC 6335 section 6', date: '2011-08' },
      },
    ],
  },
  {
    subject: 'sensor',
    aliases: ['sensors', 'smart-sensor'],
    ports: '5000-65535',
    statement: 'Smart sensors use ports from 5000 to 65535.',
    verdict: 'unsupported',
    answer:
      'Not usable as a rule: it allows 92 % of all numbers. Replies and ephemeral ports are the job of connection tracking; measure what the sensor uses.',
    evidence: [
      { text: '60,536 numbers, of which 1,996 have a name and none above 49150', source: IANA },
      {
        text: 'Ports 49152-65535 are dynamic and never assigned',
        source: { document: 'RFC 6335 section 6', date: '2011-08' },
      },
    ],
  },
  {
    subject: 'obscure',
    aliases: ['obscurity', 'custom-ports'],
    ports: '',
    statement: 'Custom port numbers hide a service from attackers.',
    verdict: 'refuted',
    answer:
      'It means less noise in the log and no protection: a scan of all ports that reads the bytes finds it. It never counts as a remedy.',
    evidence: [
      {
        text: 'System security should not depend on the secrecy of the implementation',
        source: { document: 'NIST SP 800-123 section 2.4', date: '2008-07' },
      },
    ],
  },
  {
    subject: 'nat',
    aliases: ['masquerade'],
    ports: '',
    statement: 'NAT improves security by masking addresses.',
    verdict: 'incomplete',
    answer:
      'NAT is no filter, a forward exposes the device, and IPv6 mostly has none: a firewall that denies by default does the work.',
    evidence: [
      {
        text: 'Perceived benefits of NAT are met in IPv6 by filtering, not by translation',
        source: { document: 'RFC 4864 sections 2.2 and 4.2', date: '2007-05' },
      },
    ],
  },
  {
    subject: 'dynamic-nat',
    aliases: [],
    ports: '',
    statement: 'Dynamic NAT gives devices temporary public addresses.',
    verdict: 'incomplete',
    answer:
      'Homes use one public address and many ports (NAPT); pools of addresses are for larger sites.',
    evidence: [
      {
        text: 'Basic NAT and NAPT are distinguished',
        source: { document: 'RFC 3022 sections 2.1 and 2.2', date: '2001-01' },
      },
    ],
  },
];
