/** Protocols that read and write a process and were designed without any authentication. */
export const CONTROL: ReadonlySet<string> = new Set(
  'modbus s7comm enip bacnet dnp3 iec104 hart-ip profinet fins melsec knxip mms ams atg synphasor'.split(
    ' ',
  ),
);

/** Protocols of interfaces that are for developers. */
export const DEBUG: ReadonlySet<string> = new Set('adb gdb gdbserver jdwp'.split(' '));

/** Protocols that give a command line or a screen. */
export const SHELLS: ReadonlySet<string> = new Set('telnet ssh rlogin rsh'.split(' '));
export const SCREENS: ReadonlySet<string> = new Set('vnc rdp x11'.split(' '));

/** Protocols that answer everybody by design, or whose open access has a rule of its own. */
export const PUBLIC: ReadonlySet<string> = new Set([
  ...'dns mdns ssdp ntp http tls dtls quic cotp stun nbns kerberos dhcp ws-discovery smtp snmp jetdirect pjl ipp lpd matter'.split(
    ' ',
  ),
  ...CONTROL,
  ...DEBUG,
  ...SHELLS,
  ...SCREENS,
]);
