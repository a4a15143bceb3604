const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Octets of one item: the largest records of NVD have some 3 MiB. */
const LARGEST_ITEM = 16 * 1024 * 1024;
/** Octets of what stands around the items. */
const LARGEST_FRAME = 256 * 1024;

/** The document is not JSON with such an array, or a part of it is larger than is read. */
export class NotItems extends Error {
  override readonly name = 'NotItems';
}

/**
 * Takes the items out of one array of a JSON object (RFC 8259) that is too large for memory, octet
 * by octet: at any time it holds one item and what stands around the array. Whether an item is JSON
 * is for `JSON.parse` to say; here only brackets and strings are followed.
 */
export class JsonItems {
  readonly #names: readonly string[];
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** What stands around the array, as Latin-1; the array itself is left empty. */
  #frame = '';
  #item: Uint8Array[] = [];
  #itemSize = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInItems = false;
  #wasFound = false;

  /** @param names of the array, at the top of the document; the first that is met is taken */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /**
   * The text of each item that is complete by now.
   *
   * @throws NotItems
   */
  *push(chunk: Uint8Array): Generator<string, void, undefined> {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const inItem = this.#isInItems && this.#depth > 2;
      this.#follow(chunk[at] ?? 0);
      const after = this.#isInItems && this.#depth > 2;
      if (!inItem && after) start = at;
      if (inItem && !after) {
        this.#keep(chunk.subarray(start, at + 1));
        yield this.#take();
      }
    }
    if (this.#isInItems && this.#depth > 2) this.#keep(chunk.slice(start));
  }

  /**
   * What stands around the array, as text of a JSON document.
   *
   * @throws NotItems where the document ends early or has no such array
   */
  end(): string {
    if (this.#depth > 0 || this.#isInString) throw new NotItems('it ends early');
    if (!this.#wasFound) throw new NotItems(`it has no list ${this.#names.join(' or ')}`);
    return this.#decode(Uint8Array.from(this.#frame, (letter) => letter.charCodeAt(0)));
  }

  /** One octet further. */
  #follow(octet: number): void {
    const outside = !this.#isInItems;
    if (this.#isInString) this.#followString(octet);
    else if (this.#isInItems && this.#depth === 2) this.#between(octet);
    else if (octet === QUOTE) this.#isInString = true;
    else if (octet === OPEN_ARRAY || octet === OPEN_OBJECT) this.#open(octet);
    else if (octet === CLOSE_ARRAY || octet === CLOSE_OBJECT) this.#close();
    if (outside || !this.#isInItems) this.#frameOctet(octet);
  }

  /** Between two items stand commas and white space. */
  #between(octet: number): void {
    if (octet === OPEN_OBJECT) this.#depth += 1;
    else if (octet === CLOSE_ARRAY) this.#close();
    else if (octet > 0x20 && octet !== COMMA)
      throw new NotItems('its list holds what is no object');
  }

  #followString(octet: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (octet === BACKSLASH) this.#isEscaped = true;
    else if (octet === QUOTE) this.#isInString = false;
  }

  #open(octet: number): void {
    if (octet === OPEN_ARRAY && this.#depth === 1 && !this.#wasFound && this.#isNamed()) {
      this.#isInItems = true;
      this.#wasFound = true;
    }
    this.#depth += 1;
  }

  #close(): void {
    this.#depth -= 1;
    if (this.#depth < 0) throw new NotItems('it closes more brackets than it opens');
    if (this.#isInItems && this.#depth === 1) this.#isInItems = false;
  }

  #isNamed(): boolean {
    const [, name] = /"([A-Za-z_]{1,40})"\s{0,9}:\s{0,9}$/.exec(this.#frame.slice(-64)) ?? [];
    return name !== undefined && this.#names.includes(name);
  }

  #frameOctet(octet: number): void {
    if (this.#frame.length >= LARGEST_FRAME) {
      throw new NotItems(`more than ${LARGEST_FRAME} octets stand around its list`);
    }
    this.#frame += String.fromCharCode(octet);
  }

  #keep(part: Uint8Array): void {
    this.#itemSize += part.length;
    if (this.#itemSize > LARGEST_ITEM) {
      throw new NotItems(`one item is larger than ${LARGEST_ITEM} octets`);
    }
    this.#item.push(part);
  }

  #take(): string {
    const [only] = this.#item;
    const whole = this.#item.length === 1 && only !== undefined ? only : this.#joined();
    this.#item = [];
    this.#itemSize = 0;
    return this.#decode(whole);
  }

  #joined(): Uint8Array {
    const whole = new Uint8Array(this.#itemSize);
    let at = 0;
    for (const part of this.#item) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #decode(octets: Uint8Array): string {
    try {
      return this.#decoder.decode(octets);
    } catch {
      throw new NotItems('it is not UTF-8');
    }
  }
}
