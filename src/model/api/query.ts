/** `GET query/complete?resource=devices&text=…`: what may come next, and whether it is right so far. */
export interface CompletionView {
  /** Why the text, as it stands, is no filter: a character, from 0. */
  readonly problem?: { readonly at: number; readonly message: string };
  readonly suggestions: readonly FilterSuggestion[];
}

export interface FilterSuggestion {
  /** Goes in place of everything from `from` on. */
  readonly insert: string;
  readonly from: number;
  readonly help: string;
}
