import type { LabHost } from '../device.ts';
import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, replyAndEnd } from '../serve.ts';

const IAC = 255;
const LINE_LIMIT = 1024;

/**
 * A telnet login (RFC 854): negotiates, shows its banner and a prompt. A name typed there is a
 * login attempt, which nobody who only looks may make.
 */
export function telnet(host: LabHost, port: number, banner: string): () => Talk {
  return () => {
    // IAC DO terminal type, DO window size, WILL echo, WILL suppress go-ahead.
    const negotiation = Buffer.from([IAC, 253, 24, IAC, 253, 31, IAC, 251, 1, IAC, 251, 3]);
    return {
      greeting: Buffer.concat([negotiation, Buffer.from(`\r\n${banner}\r\nlogin: `)]),
      hear(received) {
        const text = withoutCommands(received);
        if (text.length > LINE_LIMIT) return close('too long a line');
        if (!/[\r\n]/.test(text)) return MORE;
        host.log({ event: 'login', port, detail: text.trim().slice(0, 40) });
        return reply(received.length, Buffer.from('Password: '));
      },
    };
  };
}

/** Three-byte negotiations are answers to ours, and taken note of by leaving them out. */
function withoutCommands(received: Buffer): string {
  return received.toString('latin1').replace(/\xff[\xfb-\xfe][\s\S]/g, '');
}

/** A line-wise banner protocol that says who it is and takes no login: SSH's first line. */
export function sshBanner(version: string): () => Talk {
  return () => ({
    greeting: Buffer.from(`SSH-2.0-${version}\r\n`),
    hear(received) {
      const end = received.indexOf('\n');
      if (end < 0) return received.length > 255 ? close('too long a line') : MORE;
      return /^SSH-2\.0-[ -~]+\r?$/.test(received.toString('latin1', 0, end))
        ? replyAndEnd(received.length, Buffer.alloc(0))
        : replyAndEnd(received.length, Buffer.from('Invalid SSH identification string.\r\n'));
    },
  });
}

/** RTSP 1.0 (RFC 2326): OPTIONS for everybody, DESCRIBE for who logs in. */
export function rtsp(server: string, realm: string): () => Talk {
  return () => ({ hear: (received) => rtspAnswer(received, server, realm) });
}

const RTSP_REQUEST = /^([A-Z_]{3,20}) (?:rtsp:\/\/[!-~]{1,200}|\*) RTSP\/1\.0\r\n/;

function rtspAnswer(received: Buffer, server: string, realm: string): Answer {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return received.length > LINE_LIMIT ? close('too long a head') : MORE;
  const head = received.toString('latin1', 0, end + 2);
  const method = RTSP_REQUEST.exec(head)?.[1];
  const sequence = /\r\ncseq:[ \t]*(\d{1,9})/i.exec(head)?.[1];
  if (method === undefined || sequence === undefined) return close('not RTSP');
  const fields = [`CSeq: ${sequence}`, `Server: ${server}`, ...answerFields(method, realm)];
  const status = method === 'OPTIONS' ? '200 OK' : '401 Unauthorized';
  return reply(end + 4, Buffer.from(`RTSP/1.0 ${status}\r\n${fields.join('\r\n')}\r\n\r\n`));
}

function answerFields(method: string, realm: string): string[] {
  return method === 'OPTIONS'
    ? ['Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE']
    : [`WWW-Authenticate: Digest realm="${realm}", nonce="d6f9b1c2a7e84a1f"`];
}
