/** Characters of a name that are looked at. */
const LONGEST = 200;

/** Forms of companies: no part of the name that people and catalogues know. */
const LEGAL_FORMS: ReadonlySet<string> = new Set(
  'ag gmbh mbh kg inc incorporated corp corporation co company ltd limited llc plc sa sas spa srl bv nv oy ab as kk pte pty the'.split(
    ' ',
  ),
);

/** Words that one document writes and another leaves out: `s7-1200_cpu_firmware`, `SIMATIC S7-1200 CPU family`. */
const FILLERS: ReadonlySet<string> = new Set('firmware family series cpu cpus simatic'.split(' '));

/** An order number in brackets: `(6GK5763-1AL00-7DA0)`. */
const ORDER_NUMBER = /\(([0-9A-Z][0-9A-Z.-]{8,30})\)/g;

/** `Siemens AG` and `siemens` → `siemens`; `schneider-electric` and `Schneider Electric` → `schneiderelectric`. */
export function vendorKey(name: string): string {
  return wordsOf(name)
    .filter((word) => !LEGAL_FORMS.has(word))
    .join('');
}

/**
 * What of a product's name is compared: letters and digits, in lower case, without fillers, without
 * the maker's name in front and without remarks in brackets (`(incl. SIPLUS variants)`). Two names
 * are one product only where their keys are equal: nothing is searched within a name, so `S7-1200`
 * is not `S7-1200 CPU 1214C`.
 */
export function productKey(name: string, vendor = ''): string {
  const plain = name.slice(0, LONGEST).replaceAll('_', ' ');
  const words = wordsOf(plain.replace(ORDER_NUMBER, ' ').replace(/\([^()]* [^()]*\)/g, ' '));
  const own = words[0] === vendor && words.length > 1 ? words.slice(1) : words;
  return own.filter((word) => !FILLERS.has(word)).join('');
}

/** The keys of order numbers that a name has in brackets. */
export function orderNumberKeys(name: string): readonly string[] {
  return [...name.slice(0, LONGEST).matchAll(ORDER_NUMBER)]
    .map(([, number = '']) => productKey(number))
    .filter((key) => /\d/.test(key));
}

function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, LONGEST)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
