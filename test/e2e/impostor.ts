/**
 * A device of which every name is an attack: runs in Node inside the lab. For each string a web
 * server (title, Server, realm, Location), a server that greets with it, and an instance in DNS-SD;
 * beside them a UPnP description whose every field is one.
 */
export const IMPOSTOR = `
const net = require('node:net');
const [file, address] = process.argv.slice(1);
const strings = Object.values(JSON.parse(require('node:fs').readFileSync(file, 'utf8'))).flat();
const http = (text, type, head) =>
  'HTTP/1.1 200 OK\\r\\n' + head + 'Content-Type: ' + type + '\\r\\nContent-Length: ' +
  Buffer.byteLength(text) + '\\r\\nConnection: close\\r\\n\\r\\n' + text;
const page = (text) => http('<html><head><title>' + text + '</title></head></html>', 'text/html',
  'Server: ' + text + '\\r\\nLocation: ' + text + '\\r\\nWWW-Authenticate: Basic realm="' + text + '"\\r\\n');
const description = (index) => {
  const field = (name, step) => '<' + name + '><![CDATA[' + strings[(index + step) % strings.length] + ']]></' + name + '>';
  return http('<?xml version="1.0"?><root><device>' + field('friendlyName', 0) + field('manufacturer', 1) +
    field('modelName', 2) + field('serialNumber', 3) + field('UDN', 4) + '</device></root>', 'text/xml', '');
};
const serve = (port, hello, answer) => net.createServer((socket) => {
  socket.on('error', () => {});
  if (hello !== undefined) socket.write(hello);
  socket.on('data', () => answer === undefined ? undefined : socket.end(answer()));
}).listen(port);
strings.forEach((text, index) => {
  serve(8100 + index, undefined, () => page(text));
  serve(8300 + index, '220 ' + text + '\\r\\n');
});
let described = 0;
serve(1400, undefined, () => description(described++));

const dgram = require('node:dgram');
const label = (bytes) => Buffer.concat([Buffer.from([bytes.length]), bytes]);
const name = (...labels) => Buffer.concat([...labels.map((one) => label(Buffer.from(one).subarray(0, 63))), Buffer.from([0])]);
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const record = (owner, type, data) => Buffer.concat([owner, u16(type), u16(1), Buffer.from([0, 0, 0, 120]), u16(data.length), data]);
const mdns = dgram.createSocket({ type: 'udp4', reuseAddr: true });
mdns.on('message', (question, from) => {
  for (const text of strings) {
    const type = name('_http', '_tcp', 'local');
    const instance = name(text, '_http', '_tcp', 'local');
    const txt = label(Buffer.from('md=' + text).subarray(0, 250));
    const records = [record(type, 12, instance), record(instance, 16, txt),
      record(instance, 33, Buffer.concat([u16(0), u16(0), u16(8100), name(text, 'local')]))];
    const head = Buffer.concat([question.subarray(0, 2), u16(0x8400), u16(0), u16(records.length), u16(0), u16(0)]);
    mdns.send(Buffer.concat([head, ...records]), from.port, from.address);
  }
});
mdns.bind(5353, () => mdns.addMembership('224.0.0.251', address));
const ssdp = dgram.createSocket({ type: 'udp4', reuseAddr: true });
ssdp.on('message', (_, from) => {
  for (const [index, text] of strings.entries()) {
    ssdp.send('HTTP/1.1 200 OK\\r\\nLOCATION: http://' + address + ':1400/' + index + '\\r\\nSERVER: ' + text +
      '\\r\\nST: upnp:rootdevice\\r\\nUSN: ' + text + '\\r\\n\\r\\n', from.port, from.address);
  }
});
ssdp.bind(1900, () => ssdp.addMembership('239.255.255.250', address));
setTimeout(() => console.log('up'), 500);
`;
