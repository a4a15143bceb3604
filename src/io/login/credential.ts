/** What somebody is known by; only ever the person's own, from a file that they named. */
export interface Credential {
  readonly user: string;
  readonly password: string;
}

/** What came of asking without a credential: the control, before anything is tried. */
export type Control =
  /** It answers everybody: there is no login, and so no password to speak of. */
  | { readonly kind: 'open' }
  | { readonly kind: 'asks'; readonly how: string; attempt(credential: Credential): Attempt }
  /** It says that it is locked or overloaded: nothing may be tried. */
  | { readonly kind: 'locked'; readonly why: string }
  | { readonly kind: 'unclear'; readonly why: string };

/** The one question with the credential, ready to be sent. */
export interface Attempt {
  /** The password itself crosses the network, and not a proof that one knows it. */
  readonly showsPassword: boolean;
  readonly question: Uint8Array;
  complete(answer: Buffer): boolean;
  read(answer: Buffer): Outcome;
}

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'locked'; readonly why: string }
  | { readonly kind: 'unclear'; readonly why: string };

/** How one protocol asks for a login. */
export interface LoginProtocol {
  readonly control: Uint8Array;
  complete(answer: Buffer): boolean;
  read(answer: Buffer): Control;
}
