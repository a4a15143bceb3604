/** Kept equal to package.json by a test. */
export const VERSION = '0.1.0';

/** Where the program is at home; relative, because nothing here ever asks the network. */
export const DOCS = 'docs/';
