import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { openLab } from '../../lab/lab.ts';
import { ask, readable, text } from './ask.ts';
import { lacking } from './need.ts';

const why = lacking('upnpc');
const ROUTER = '10.77.2.20';
const WAN = 'urn:schemas-upnp-org:service:WANIPConnection:2';
const CLIENT = ['upnpc', '-u', `http://${ROUTER}:5000/rootDesc.xml`];

function call(action: string, args: string, header = `${WAN}#${action}`): string {
  const body = `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${WAN}">${args}</u:${action}></s:Body></s:Envelope>\r\n`;
  return text(
    `POST /ctl/IPConn HTTP/1.1\r\nHost: ${ROUTER}\r\nSOAPAction: "${header}"\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

describe.skipIf(why !== undefined)(`the router${why === undefined ? '' : ` (${why})`}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openLab({ level: 1, devices: ['router'] });
  }, 30_000);
  afterAll(() => lab.stop());

  test('a real client lists its mappings, the hidden one too', async () => {
    const { stdout } = await lab.exec([...CLIENT, '-l'], { timeout: 15_000 });
    expect(stdout).toContain("1 TCP  8443->10.77.2.12:554   'IPCam' '' 0");
    expect(stdout).toContain('713 (SpecifiedArrayIndexInvalid)');
  });

  test.each([
    ['the outside address', call('GetExternalIPAddress', ''), '203.0.113.77'],
    [
      'the hidden mapping, by its index',
      call('GetGenericPortMappingEntry', '<NewPortMappingIndex>1</NewPortMappingIndex>'),
      '<NewExternalPort>8443<',
    ],
    [
      'an index beyond the last',
      call('GetGenericPortMappingEntry', '<NewPortMappingIndex>2</NewPortMappingIndex>'),
      '<errorCode>713<',
    ],
    [
      'an index that is none',
      call('GetGenericPortMappingEntry', '<NewPortMappingIndex>x</NewPortMappingIndex>'),
      '<errorCode>402<',
    ],
    ['no index', call('GetGenericPortMappingEntry', ''), '<errorCode>402<'],
    ['an action that there is not', call('GetEverything', ''), '<errorCode>401<'],
    [
      'a header that names another action',
      call('GetExternalIPAddress', '', `${WAN}#GetStatusInfo`),
      '<errorCode>401<',
    ],
  ])('answers to %s', async (_, request, expected) => {
    expect(readable(await ask(lab, 'tcp', [ROUTER, 5000], request))).toContain(expected);
  });

  test('does not show the hidden one in the list of all', async () => {
    const args = [
      '<NewStartPort>0</NewStartPort><NewEndPort>65535</NewEndPort>',
      '<NewProtocol>TCP</NewProtocol><NewManage>1</NewManage><NewNumberOfPorts>0</NewNumberOfPorts>',
    ].join('');
    const answer = readable(
      await ask(lab, 'tcp', [ROUTER, 5000], call('GetListOfPortMappings', args)),
    );
    expect(answer).toContain('<errorCode>730<');
  });

  test('refuses to make a hole, and keeps that in its log', async () => {
    const args = '<NewRemoteHost></NewRemoteHost><NewExternalPort>1</NewExternalPort>';
    const answer = readable(await ask(lab, 'tcp', [ROUTER, 5000], call('AddPortMapping', args)));
    expect(answer).toContain('<errorCode>401<');
    const refused = await ask(lab, 'udp', [ROUTER, 5351], '00020000022a216b00000e10');
    expect(refused.hex).toMatch(/^00820002/);
    const writes = lab.events('router').filter(({ event }) => event === 'write');
    expect(writes).toHaveLength(2);
  });
});
