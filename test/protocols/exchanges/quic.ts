import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a version that nobody has, and the list of those there are (RFC 9000 §6)',
    protocol: 'quic',
    client: `c0 1a2a3a4a 08 0001020304050607 08 08090a0b0c0d0e0f ${'00'.repeat(60)}`,
    server: '8a 00000000 08 08090a0b0c0d0e0f 08 0001020304050607 00000001 6b3343cf fabada1a',
    facts: [speaks('quic', 'unknown')],
  },
  {
    name: 'the first packets of a handshake (RFC 9001 appendix A.2, A.3)',
    protocol: 'quic',
    client: `c0 00000001 08 8394c8f03e515708 00 00 449e 7b9aec34d1b1c98dd7689fb8ec11`,
    server: 'cf 00000001 00 08 f067a5502a4262b5 00 4075 c0d95a482cd0991cd25b0aac406a',
    facts: [speaks('quic', '1')],
  },
];
