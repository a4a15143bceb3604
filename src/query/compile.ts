import { closest } from '../base/suggest.ts';
import type { Instant } from '../model/core.ts';
import type { Field, Resource } from './field.ts';
import { operatorsOf } from './field.ts';
import { parseFilter } from './parse.ts';
import { filterError, said } from './problem.ts';
import type { Comparison, Expression, Literal } from './syntax.ts';
import type { Reading, Test } from './values.ts';
import { addressTest, choiceTest, numberTest, textTest, timeTest, truthTest } from './values.ts';

export type Predicate<Item> = (item: Item) => boolean;

/**
 * Makes a filter a function over the items of a list.
 *
 * @param now for times that count back from it: `-7d`
 * @throws PortolanError E_FILTER, with the place, and with the field that was probably meant
 */
export function compileFilter<Item>(
  filter: string,
  resource: Resource<Item>,
  now: Instant,
): Predicate<Item> {
  const expression = parseFilter(filter);
  if (expression === undefined) return () => true;
  return new Compiler(filter, resource, now).compile(expression);
}

class Compiler<Item> {
  readonly #filter: string;
  readonly #resource: Resource<Item>;
  readonly #now: Instant;

  constructor(filter: string, resource: Resource<Item>, now: Instant) {
    this.#filter = filter;
    this.#resource = resource;
    this.#now = now;
  }

  compile(expression: Expression): Predicate<Item> {
    switch (expression.kind) {
      case 'word':
        return this.#search(expression.word);
      case 'compare':
        return this.#compare(expression);
      case 'not': {
        const inner = this.compile(expression.of);
        return (item) => !inner(item);
      }
      case 'and': {
        const parts = expression.of.map((part) => this.compile(part));
        return (item) => parts.every((part) => part(item));
      }
      case 'or': {
        const parts = expression.of.map((part) => this.compile(part));
        return (item) => parts.some((part) => part(item));
      }
    }
  }

  #search({ text }: Literal): Predicate<Item> {
    const wanted = text.toLowerCase();
    const fields = this.#resource.fields.filter(({ isSearched }) => isSearched === true);
    const tests = fields.map((field) => over(field, contains(wanted)));
    return (item) => tests.some((test) => test(item));
  }

  #compare({ field: name, operator, values }: Comparison): Predicate<Item> {
    const field = fieldCalled(this.#resource, name.text);
    if (field === undefined) throw this.#unknown(name);
    const reading: Reading = {
      operator,
      values,
      refuse: (at, why) => filterError(this.#filter, at, why),
    };
    if (!operatorsOf(field).split(' ').includes(operator)) {
      throw reading.refuse(
        name.at,
        `"${field.name}" cannot be asked with "${operator}": it takes ${operatorsOf(field)}`,
      );
    }
    return this.#test(field, reading);
  }

  #test(field: Field<Item>, reading: Reading): Predicate<Item> {
    const isOpposite = reading.operator === '!=';
    switch (field.type) {
      case 'text':
        return many(field, textTest(reading), isOpposite);
      case 'choice':
        return many(field, choiceTest(reading, field), isOpposite);
      case 'address':
        return many(field, addressTest(reading), isOpposite);
      case 'number':
        return many(field, numberTest(reading), isOpposite);
      case 'time':
        return many(field, timeTest(reading, this.#now), isOpposite);
      case 'truth': {
        const wanted = truthTest(reading);
        return (item) => (field.of(item) === wanted) !== isOpposite;
      }
    }
  }

  #unknown({ text, at }: Literal): Error {
    const near = closest(
      text,
      this.#resource.fields.map(({ name }) => name),
    );
    const hint =
      near === undefined
        ? `; ${this.#resource.name} have ${this.#resource.fields.map(({ name }) => name).join(', ')}`
        : `, did you mean "${near}"?`;
    return filterError(this.#filter, at, `Unknown field ${said(text)}${hint}`);
  }
}

/** Fields are known in any case. */
export function fieldCalled<Item>(
  { fields }: Pick<Resource<Item>, 'fields'>,
  name: string,
): Field<Item> | undefined {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted);
}

/** Of several values one is enough; `!=` holds where none is it. Unknown values are equal to nothing. */
function many<Item, Value>(
  field: { of(item: Item): Value | readonly Value[] | undefined },
  test: Test<Value>,
  isOpposite: boolean,
): Predicate<Item> {
  const holds = over(field, test);
  return isOpposite ? (item) => !holds(item) : holds;
}

function over<Item, Value>(
  field: { of(item: Item): Value | readonly Value[] | undefined },
  test: Test<Value>,
): Predicate<Item> {
  return (item) => {
    const value = field.of(item);
    if (value === undefined) return false;
    return isList(value) ? value.some(test) : test(value);
  };
}

function isList<Value>(value: Value | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
}

function contains(wanted: string): Test<unknown> {
  return (value) => String(value).toLowerCase().includes(wanted);
}
