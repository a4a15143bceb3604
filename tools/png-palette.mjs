import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MOST_COLOURS = 256;

/**
 * A screenshot with at most 256 colours: of text on plain ground nobody sees the difference, and it
 * is a third as long. Reads what Chromium writes (PNG, 8 bits a channel, RGB, not interlaced).
 */
export function withPalette(png) {
  const { width, height, pixels } = decode(png);
  const palette = mostUsed(pixels);
  const indexOf = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = pixels[at];
    let index = indexOf.get(colour);
    if (index === undefined) {
      index = nearest(palette, colour);
      indexOf.set(colour, index);
    }
    rows[at + Math.floor(at / width) + 1] = index;
  }
  const colours = Buffer.from(palette.flatMap(channels));
  return Buffer.concat([
    SIGNATURE,
    // 8 bits a pixel, indexed (PNG 1.2 §11.2.2)
    chunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([8, 3, 0, 0, 0])])),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decode(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png.subarray(24, 29).toString('hex') !== '0802000000') throw new Error('not 8-bit RGB');
  const data = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      data.push(png.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * 3, height);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = bytes.readUIntBE(at * 3, 3);
  return { width, height, pixels };
}

/** PNG 1.2 §9.2: each byte is told as the difference to its neighbours; those outside are 0. */
function unfiltered(raw, stride, height) {
  const rows = [Buffer.alloc(stride + 3)];
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)];
    const above = rows[row];
    const own = Buffer.alloc(stride + 3);
    for (let at = 3; at < own.length; at += 1) {
      const [left, up, corner] = [own[at - 3], above[at], above[at - 3]];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      own[at] = (raw[row * (stride + 1) + at - 2] + guess) & 255;
    }
    rows.push(own);
  }
  return Buffer.concat(rows.slice(1).map((row) => row.subarray(3)));
}

function paeth(left, up, corner) {
  const base = left + up - corner;
  const far = [left, up, corner].map((one) => Math.abs(base - one));
  if (far[0] <= far[1] && far[0] <= far[2]) return left;
  return far[1] <= far[2] ? up : corner;
}

function mostUsed(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  return byCount.slice(0, MOST_COLOURS).map(([colour]) => colour);
}

function nearest(palette, colour) {
  const wanted = channels(colour);
  const far = palette.map((one) =>
    channels(one).reduce((sum, value, index) => sum + (value - wanted[index]) ** 2, 0),
  );
  return far.indexOf(Math.min(...far));
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
