/** Characters of a filter; a longer one is refused. */
export const LONGEST = 1000;
/** Parentheses and `not` within each other. */
export const DEEPEST = 32;

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | 'in';

export const OPERATORS: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', '~', 'in'];

/** A word or a quoted text of the filter, and the character, from 0, at which it begins. */
export interface Literal {
  readonly text: string;
  readonly at: number;
}

/** What a filter says, before anybody asked whether its fields exist. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | Comparison
  /** A word by itself: whether it is in what one looks for things by. */
  | { readonly kind: 'word'; readonly word: Literal };

export interface Comparison {
  readonly kind: 'compare';
  readonly field: Literal;
  readonly operator: Operator;
  /** Of `in` one or more, of every other operator exactly one. */
  readonly values: readonly Literal[];
}

/** What a filter is made of. `end` is where it is over. */
export type Token =
  | { readonly kind: 'word' | 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'operator'; readonly text: Exclude<Operator, 'in'>; readonly at: number }
  | { readonly kind: '(' | ')' | ',' | 'end'; readonly text: string; readonly at: number };
