/** How a kind of device is documented to be delivered: a fact about the kind, not about one device. */
export interface FactoryLogin {
  /**
   * `shared`: one user and password for all of them. `empty`: no password until the owner sets one.
   * `set-at-first-use`: it does nothing before the owner has chosen one. `own`: each has another one,
   * on its label.
   */
  readonly how: 'shared' | 'empty' | 'set-at-first-use' | 'own';
  /** The account, where the document names one. */
  readonly user?: string;
  /** Ids of the protocols that ask for it. */
  readonly protocols: readonly string[];
  /** To which firmware or state it applies, in words: `cameras with firmware before 5.3.0`. */
  readonly applies: string;
  readonly source: { readonly document: string; readonly date: string };
}
