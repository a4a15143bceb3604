import { PortolanError } from '../../base/errors.ts';
import { Emitter } from './condition.ts';
import type { Expression } from './expression.ts';
import type { Instruction } from './instruction.ts';
import { MOST_INSTRUCTIONS, RETURN, statement } from './instruction.ts';
import type { FilterLink, Link } from './link.ts';
import { linkOf } from './link.ts';
import { lower, wants } from './lower.ts';
import { parseFilter } from './parse.ts';
import type { ServiceOf } from './parse-values.ts';

/** A filter that was read: it compiles for as many links as there are. */
export interface Filter {
  readonly text: string;
  /** @throws PortolanError E_FILTER where the link does not have what the filter asks for */
  compile(link: FilterLink): readonly Instruction[];
}

/** Octets of a packet that an accepting filter asks for: all. */
const WHOLE = 0x40000;

/**
 * @param serviceOf names of ports; none are known without it
 * @throws PortolanError E_FILTER, with a caret under the place
 */
export function readFilter(text: string, serviceOf: ServiceOf = () => undefined): Filter {
  const expression = parseFilter(text, serviceOf);
  return { text, compile: (link) => compile(text, expression, link) };
}

function compile(
  text: string,
  expression: Expression | undefined,
  type: FilterLink,
): readonly Instruction[] {
  if (expression === undefined) return [statement(RETURN, WHOLE)];
  const link = linkOf(type);
  if (link === undefined) throw unfit(text, `frames of link type ${type} cannot be filtered`);
  refuse(text, expression, link);
  const emitter = new Emitter();
  const no = emitter.put(statement(RETURN, 0));
  const yes = emitter.put(statement(RETURN, WHOLE));
  const start = emitter.emit(lowered(text, expression, link), yes, no);
  // A filter that is always or never true has no test of its own.
  if (start !== emitter.size) return [statement(RETURN, start === yes ? WHOLE : 0)];
  const program = emitter.finish();
  if (program.length <= MOST_INSTRUCTIONS) return program;
  throw unfit(
    text,
    `the filter needs ${program.length} instructions, the kernel allows ${MOST_INSTRUCTIONS}`,
  );
}

function lowered(text: string, expression: Expression, link: Link): ReturnType<typeof lower> {
  try {
    return lower(expression, link);
  } catch (error) {
    if (error instanceof RangeError) throw unfit(text, error.message);
    throw error;
  }
}

function refuse(text: string, expression: Expression, link: Link): void {
  const asked = wants(expression);
  if (asked.macs && !link.hasMacs) {
    throw unfit(text, `${link.name} has no Ethernet addresses to filter by`);
  }
  if (asked.vlan && link.vlan === 'none') {
    throw unfit(text, `${link.name} has no VLAN tags to filter by`);
  }
}

function unfit(text: string, why: string): PortolanError {
  return new PortolanError('E_FILTER', `capture filter: ${why}`, {
    remedy: 'Capture without it, or name one interface: portolan watch -i IF -- FILTER',
    excerpt: { text, at: 0 },
  });
}
