import type { Dialogue, DialogueContext, DialogueKind, Side, Tell } from './dialogue.ts';
import { tellLogin } from './login.ts';
import { latin1, startsWith } from './text.ts';

/** How one protocol of lines asks for a login and says what came of it. */
interface Speech {
  readonly id: 'ftp' | 'smtp' | 'pop3' | 'imap';
  readonly greets: (text: string) => boolean;
  /** The client shows a secret. */
  readonly secret: RegExp;
  readonly refused: RegExp;
  readonly accepted: RegExp;
}

const SPEECHES: readonly Speech[] = [
  {
    // RFC 5321 §4.2, RFC 4954 §4 and §6.
    id: 'smtp',
    greets: (text) => /^220[ -][^\r\n]{0,256}(?:E?SMTP|mail)/i.test(text),
    secret: /^AUTH (?:PLAIN|LOGIN)/im,
    refused: /^535[ -]/m,
    accepted: /^235[ -]/m,
  },
  {
    // RFC 959 §4.1.1, §5.4.
    id: 'ftp',
    greets: (text) => /^220[ -]/.test(text),
    secret: /^PASS[ ]/im,
    refused: /^(?:530|430)[ -]/m,
    accepted: /^230[ -]/m,
  },
  {
    // RFC 1939 §7.
    id: 'pop3',
    greets: (text) => text.startsWith('+OK'),
    secret: /^PASS[ ]/im,
    refused: /^-ERR/m,
    accepted: /^\+OK/m,
  },
  {
    // RFC 9051 §6.2.3.
    id: 'imap',
    greets: (text) => text.startsWith('* OK'),
    secret: /^\S{1,16} LOGIN[ ]/im,
    refused: /^\S{1,16} NO[ ]/m,
    accepted: /^\S{1,16} OK[ ]/m,
  },
];
/** After them comes cipher text. */
const TURNS = /^(?:\S{1,16} )?(?:STARTTLS|AUTH TLS|STLS)/im;

export const lines: DialogueKind = {
  id: 'lines',
  begins: (bytes, side) =>
    side === 'server' && ['220', '+OK', '* OK'].some((start) => startsWith(bytes, start)),
  start: (tell) => new Lines(tell),
};

class Lines implements Dialogue {
  readonly #tell: Tell;
  #speech: Speech | undefined;
  #waits = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    const text = latin1(bytes);
    if (this.#speech === undefined) {
      this.#speech = SPEECHES.find(({ greets }) => greets(text));
      return this.#speech !== undefined;
    }
    return side === 'client'
      ? this.#asks(this.#speech, text, context)
      : this.#answers(text, context);
  }

  #asks({ id, secret }: Speech, text: string, context: DialogueContext): boolean {
    if (TURNS.test(text)) return false;
    if (!secret.test(text)) return true;
    this.#waits = true;
    tellLogin(this.#tell, context, { protocol: id, outcome: 'tried', clear: true });
    return true;
  }

  #answers(text: string, context: DialogueContext): boolean {
    const speech = this.#speech;
    if (speech === undefined || !this.#waits) return true;
    const isRefused = speech.refused.test(text);
    if (!isRefused && !speech.accepted.test(text)) return true;
    this.#waits = false;
    const outcome = isRefused ? 'refused' : 'accepted';
    tellLogin(this.#tell, context, { protocol: speech.id, outcome, clear: true });
    return isRefused;
  }
}
