import type { Claim } from './claims.ts';
import type { Citation } from './dossier.ts';

const IANA: Citation = {
  document: 'IANA Service Name and Transport Protocol Port Number Registry',
  date: '2025-11-14',
};

const ECHO_MUD: Citation = {
  document:
    'Measured MUD file Amazon-Echo.json, namib-project/mud-controller-enforcer, namib_controller/tests/mud_tests',
  date: 'read 2026-11-22',
};

/** The article's statements on devices. */
export const ARTICLE_DEVICES: readonly Claim[] = [
  {
    subject: 'nest',
    aliases: ['nest-thermostat', 'google-nest'],
    ports: '8080',
    statement: 'The Nest thermostat uses port 8080.',
    verdict: 'unsupported',
    answer:
      'Expect outbound TLS to 9543, DNS, NTP, and weave 11095 on the local network; nothing needs to be open to it. No document names 443: whether a newer model needs it, only watching it tells.',
    evidence: [
      {
        text: 'weave 11095 is the Nest device-to-device protocol; 8080 is http-alt; 9543 and 9553 are unassigned',
        source: IANA,
      },
      {
        text: 'Outbound TLS to *.transport.nest.com:9543',
        source: { document: 'andrewhay.ca/archives/2419', date: 'read 2026-11-22' },
      },
      {
        text: 'A public MUD file (of 2017-12-09) lets it reach nest.com by TCP 9543 and no other name or port',
        source: { document: 'osmud/osmud, example/MUDFILE.NEST', date: 'read 2026-11-25' },
      },
      {
        text: 'The device initiates all connections',
        source: { document: 'docs.nolongerevil.com', date: 'read 2026-11-22' },
      },
    ],
  },
  {
    subject: 'hue',
    aliases: ['philips-hue', 'hue-bridge'],
    ports: '6850',
    statement: 'Philips Hue uses port 6850.',
    verdict: 'refuted',
    answer:
      'Allow 443/tcp in from controllers, and 2100/udp only where Entertainment is used. Bulbs have no IP port: they speak Zigbee or Bluetooth.',
    evidence: [
      { text: '6850 is iccrushmore, unrelated', source: IANA },
      {
        text: 'The bridge answers HTTPS 443 (/clip/v2) and Entertainment by DTLS 1.2 with a pre-shared key on UDP 2100',
        source: { document: 'AlCalzone/node-dtls-client issue 6', date: 'read 2026-11-22' },
      },
      {
        text: 'Discovery by mDNS _hue._tcp and SSDP, description.xml on 80',
        source: { document: 'burgestrand.se/hue-api', date: 'read 2026-11-22' },
      },
    ],
  },
  {
    subject: 'echo',
    aliases: ['amazon-echo', 'alexa'],
    ports: '443',
    statement: 'Amazon Echo uses port 443.',
    verdict: 'incomplete',
    answer:
      'Allowing 443 alone breaks time, DNS, pairing and calls: also 123/udp, 53, 80, 4070, 33434/udp, 5353/udp, 1900/udp, 3478/udp and SRTP 49152-65535/udp.',
    evidence: [
      {
        text: '443, 123/udp, 4070, 5353/udp, 33434, 3478 and 49152-65535/udp are listed',
        source: {
          document: 'Amazon, Alexa Smart Properties networking requirements (read in a mirror)',
          date: 'read 2026-11-22',
        },
      },
      {
        text: '443, 80, 123, 53 with a hard-coded resolver, 33434/udp, 1900, 5353 and DHCP were measured',
        source: ECHO_MUD,
      },
    ],
  },
  {
    subject: 'fitbit-charge-5',
    aliases: ['fitbit', 'charge-5'],
    ports: '443',
    statement: 'Fitbit Charge 5 uses port 443.',
    verdict: 'refuted',
    answer:
      'The tracker has no IP port: it syncs by Bluetooth LE with the phone, and the phone opens 443. Record it as a device behind the phone.',
    evidence: [
      {
        text: 'Syncs with the app on the phone',
        source: { document: 'support.google.com/fitbit answer 14237922', date: 'read 2026-11-22' },
      },
    ],
  },
  {
    subject: 'apple-watch',
    aliases: ['watch'],
    ports: '443',
    statement: 'Apple Watch uses port 443.',
    verdict: 'incomplete',
    answer:
      'Also 5223/tcp for notifications (443 only as fallback), 123/udp and 5353/udp; nothing inbound. Mostly it goes through the iPhone by Bluetooth.',
    evidence: [
      {
        text: 'APNs uses TCP 5223, falling back to 443 on Wi-Fi',
        source: { document: 'Apple HT203609', date: 'read 2026-11-22' },
      },
      {
        text: '80, 123/udp and others',
        source: { document: 'Apple HT202944', date: 'read 2026-11-22' },
      },
      { text: '5223 is registered as hpvirtgrp', source: IANA },
    ],
  },
  {
    subject: 's7',
    aliases: ['s7-1500', 's7-1200', 'siemens', 'siemens-s7'],
    ports: '102',
    statement: 'Siemens S7 controllers use port 102.',
    verdict: 'supported',
    answer:
      'Also 80/443 web server, 123 NTP, 161 SNMP, 502 Modbus, 4840 OPC UA, 34964/udp PROFINET where they are switched on. Classic S7 has no authentication: allow only HMI and engineering station; never from the internet.',
    evidence: [
      { text: 'iso-tsap 102/tcp', source: IANA },
      {
        text: 'ISO-on-TCP (RFC 1006) on 102 for S7 communication, and the other ports',
        source: {
          document: 'Siemens S7-1500 Communication Function Manual, docs.tia.siemens.cloud',
          date: 'read 2026-11-22',
        },
      },
      {
        text: 'Access from the internet only through a VPN',
        source: { document: 'Siemens FAQ 8970169', date: 'read 2026-11-22' },
      },
    ],
  },
];
