import { PortolanError } from '../base/errors.ts';

const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `Exit statuses

  0        done; nothing at or above --fail-on
  1        findings (or differences) at or above --fail-on, and only that
  2        usage, target, ports or configuration
  3        runtime failure, or input that cannot be read
  4        a right or a tool is missing: the message names it and what to do
  5        partial result: time-out, damaged input, interrupted
  6        refused for safety: out of scope, fragile device
  7        a change was rolled back
  8        a change failed and was not rolled back
  70       a bug in portolan
  130/143  interrupted or terminated; what was found is kept
`,
  targets: `Targets, in nmap's form

  192.168.1.20            one device
  192.168.1.0/24          a network
  10.0.0-3.1-254          ranges in each part
  fe80::1%eth0            IPv6 with its link
  camera.local            a name; what it resolves to must be inside the scope
  device:"Front camera"   a device that is known, at the addresses it has now; also PTL-D-7F3K
  zone:iot                networks that the configuration names: zones: {iot: [10.20.0.0/16]}
  -iL FILE                one or more a line, # starts a comment

Without a target it is the networks that this machine is attached to, as far as they are private.
Anything else is refused (exit 6) unless you say --scope RANGE --i-am-authorised "reason",
which is written to the audit log.
`,
  ports: `Ports, in nmap's form

  22,80,8000-9000         TCP
  T:1-1024,U:5683,5684    TCP and UDP
  -                       all 65,535 of TCP (also -p-)
  iot                     what IoT devices are known to use (the default)
  ot                      industrial protocols only
  all                     all of TCP, and the UDP ports that have a probe

See which: portolan scan --list-ports
`,
  privileges: `What works with which right

  no right at all         discovery, port scan, identification, findings, reports, imports
  CAP_NET_RAW             live capture
  CAP_NET_ADMIN           enforcement on this machine

Portolan never asks for root to look around. What works here: portolan doctor
`,
};

/** @throws PortolanError E_NOT_FOUND */
export function topic(name: string): string {
  const text = TOPICS[name];
  if (text !== undefined) return text;
  throw new PortolanError('E_NOT_FOUND', `There is no help topic or command "${name}"`, {
    remedy: `Topics: ${Object.keys(TOPICS).join(', ')}; commands: portolan --help`,
  });
}
