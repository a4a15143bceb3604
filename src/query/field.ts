import type { Instant } from '../model/core.ts';

/** What can be asked about an item, and by what a list can be sorted. */
export type Field<Item> =
  | (About & { readonly type: 'text'; of(item: Item): string | readonly string[] })
  /** One of a few words; `ordered` ones can be compared, the list is ascending then. */
  | (About & {
      readonly type: 'choice';
      readonly choices: readonly string[];
      readonly ordered?: true;
      of(item: Item): string | readonly string[];
    })
  | (About & { readonly type: 'number'; of(item: Item): number | readonly number[] | undefined })
  | (About & { readonly type: 'time'; of(item: Item): Instant | undefined })
  | (About & { readonly type: 'address'; of(item: Item): string | readonly string[] })
  | (About & { readonly type: 'truth'; of(item: Item): boolean });

interface About {
  readonly name: string;
  /** A clause for whoever looks for it. */
  readonly help: string;
  /** A word by itself is looked for here. */
  readonly isSearched?: true;
}

export type FieldType = Field<never>['type'];

/** A list that can be asked: its fields, and how one of its items is told from the others. */
export interface Resource<Item> {
  readonly name: string;
  readonly fields: readonly Field<Item>[];
  /** Order where none is asked for: a field, `-` before it for descending. */
  readonly order: string;
  idOf(item: Item): string;
}

/** Which operators a field takes, for help and for messages. */
export function operatorsOf(field: Pick<Field<never>, 'type'> & { ordered?: true }): string {
  switch (field.type) {
    case 'number':
    case 'time':
      return '= != < <= > >= in';
    case 'choice':
      return field.ordered === true ? '= != < <= > >= in ~' : '= != in ~';
    case 'truth':
      return '= !=';
    case 'text':
    case 'address':
      return '= != in ~';
  }
}
