import { families } from '../src/protocols/http-families/index.ts';
import { readPage } from '../src/protocols/shared/http-page.ts';
import { SERVERS } from '../test/protocols/http-families/servers.ts';
import { THINGS } from '../test/protocols/http-families/things.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { joined, octets, parted } from './_fuzz-parts.ts';

const EXAMPLES = [...SERVERS, ...THINGS];

/** Every family of devices with a web server: the page at its root, and its own document. */
export function familyTargets(): readonly FuzzTarget[] {
  return families.all.map((family) => {
    const own = EXAMPLES.filter((one) => one.family === family.id);
    return {
      name: `protocols/http-families/${family.id}`,
      seeds: own.map(({ root, document }) => joined([root, document?.[1] ?? ''].map(octets))),
      run: (bytes: Uint8Array): unknown => {
        const [root, document] = parted(bytes).map(readPage);
        if (root === undefined) return undefined;
        const said = [family.suspects(root, own[0]?.port ?? 80), family.root?.(root)];
        return document === undefined ? said : [...said, family.document?.read(document)];
      },
    };
  });
}
