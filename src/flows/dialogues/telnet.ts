import type { Dialogue, DialogueContext, DialogueKind, Side, Tell } from './dialogue.ts';
import { tellLogin } from './login.ts';
import { latin1 } from './text.ts';

/** RFC 854: interpret as command; RFC 855: will, won't, do, don't. */
const IAC = 0xff;
/** Characters of the screen that are kept, and segments after which nobody logs in any more. */
const SCREEN = 512;
const SEGMENTS = 256;

const PROMPT = /(?:login|user(?:name)?|account)\s?:\s{0,4}$/i;
const PASSWORD = /pass(?:word|wd|code)?[^\r\n]{0,32}:\s{0,4}$/i;
const REFUSED = /incorrect|failed|denied|invalid|refused|wrong|bad password|again/i;
const SHELL = /(?:[#$>%]\s{0,4}$)|last login|busybox|welcome/i;

export const telnet: DialogueKind = {
  id: 'telnet',
  begins: (bytes, side) =>
    side === 'server' && (isOption(bytes) || PROMPT.test(latin1(bytes).slice(-SCREEN))),
  start: (tell) => new Telnet(tell),
};

function isOption(bytes: Uint8Array): boolean {
  const verb = bytes[1] ?? 0;
  return bytes[0] === IAC && verb >= 0xfa && verb <= 0xfe;
}

/** Follows what the server writes; what the client types is not looked at, but for whether it does. */
class Telnet implements Dialogue {
  readonly #tell: Tell;
  #screen = '';
  #segments = 0;
  #state: 'idle' | 'asked' | 'typed' = 'idle';

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    this.#segments += 1;
    if (this.#segments > SEGMENTS) return false;
    if (side === 'client') this.#types(bytes, context);
    else this.#reads(bytes, context);
    return true;
  }

  #types(bytes: Uint8Array, context: DialogueContext): void {
    if (this.#state !== 'asked' || bytes[0] === IAC) return;
    this.#state = 'typed';
    this.#screen = '';
    tellLogin(this.#tell, context, { protocol: 'telnet', outcome: 'tried', clear: true });
  }

  #reads(bytes: Uint8Array, context: DialogueContext): void {
    this.#screen = `${this.#screen}${latin1(bytes)}`.slice(-SCREEN);
    if (this.#state === 'typed') this.#judge(context);
    if (PASSWORD.test(this.#screen)) {
      this.#state = 'asked';
      this.#screen = '';
    }
  }

  #judge(context: DialogueContext): void {
    const isRefused = REFUSED.test(this.#screen) || PROMPT.test(this.#screen);
    if (!isRefused && !SHELL.test(this.#screen)) return;
    this.#state = 'idle';
    const outcome = isRefused ? 'refused' : 'accepted';
    tellLogin(this.#tell, context, { protocol: 'telnet', outcome, clear: true });
  }
}
