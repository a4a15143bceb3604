import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a search, and a gateway by MiniUPnPd',
    protocol: 'ssdp',
    client: hex(
      'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: ssdp:all\r\n\r\n',
    ),
    server: hex(
      'HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: upnp:rootdevice\r\nUSN: uuid:73616d61-6a6b-7a74-650a-0d24d4a5d636::upnp:rootdevice\r\nEXT:\r\nSERVER: OpenWRT/OpenWrt UPnP/1.1 MiniUPnPd/2.2.1\r\nLOCATION: http://192.0.2.1:5000/rootDesc.xml\r\n\r\n',
    ),
    facts: [speaks('ssdp', '1.0'), detail('server', 'OpenWRT/OpenWrt UPnP/1.1 MiniUPnPd/2.2.1')],
  },
  {
    name: 'a search for Roku, answered as its documentation shows',
    protocol: 'ssdp',
    client: hex(
      'M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: "ssdp:discover"\r\nST: roku:ecp\r\n\r\n',
    ),
    server: hex(
      'HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nST: roku:ecp\r\nLocation: http://192.0.2.134:8060/\r\nUSN: uuid:roku:ecp:P0A070000007\r\n\r\n',
    ),
    facts: [speaks('ssdp', '1.0')],
  },
];
