import type { Fact } from '../../model/evidence.ts';
import type { Page } from '../shared/http-page.ts';

/** The contract of a file in this folder: one family of devices that has a web server. */
export interface HttpFamily {
  /** Kebab case; also the file's name. */
  readonly id: string;
  readonly title: string;
  /** The documents that this file was written from. */
  readonly sources: readonly string[];
  /** What the answer to `GET /` and the port say: at most `named` families are asked where one is. */
  suspects(root: Page, port: number): Suspicion;
  /** What the answer to `GET /` tells by itself, read where it is `named`. */
  root?(root: Page): readonly Fact[];
  /** One further question that a device of the family answers about itself. */
  readonly document?: FamilyDocument;
}

/** `named`: the answer names the family. `possible`: the port or the form is its. */
export type Suspicion = 'named' | 'possible' | 'no';

export interface FamilyDocument {
  /** Read by GET without a query: a path that does nothing but tell. */
  readonly path: string;
  /** No facts where the answer is not this family's. */
  read(page: Page): readonly Fact[];
}
