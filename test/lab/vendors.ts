import { createRequire } from 'node:module';

/** Prefix in six upper-case hex digits → organisation and its address, as the IEEE lists them. */
export const vendorPrefixes: Readonly<Record<string, string | undefined>> = createRequire(
  import.meta.url,
)('oui-data');
