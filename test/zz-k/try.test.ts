import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { kernelLab } from '/work/main/lab/kernel/kernel-lab.ts';
import { nftables } from '/work/main/src/targets/nftables/nftables.ts';
test('x', () => {
  let n = 0;
  const r = kernelLab({ target: nftables, seed: Number(process.env.SEED ?? 1), packets: Number(process.env.PK ?? 2000), policies: Number(process.env.POL ?? 2), keep: (p, a) => writeFileSync(`/tmp/K/pol${n++}.nft`, a.files[0]!.text) });
  console.log({ ...r, differences: r.differences.length });
  for (const d of r.differences.slice(0, 12)) console.log(JSON.stringify(d, (k, v) => typeof v === 'bigint' ? v.toString() : v), '\n');
});
