import { expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { Spool } from '../../../src/io/daemon/spool.ts';

const FULL = new PortolanError('E_DISK_FULL', 'full', { remedy: 'Make room' });

/** A store that takes nothing while it is told so. */
function place(cap = 10) {
  const spool = new Spool();
  const stored: number[] = [];
  const state = { isFull: false, tries: 0 };
  const put = spool.lane<number>({
    cap,
    write: (items) => {
      state.tries += 1;
      if (state.isFull) throw FULL;
      stored.push(...items);
    },
  });
  return { spool, put, stored, state };
}

test('what can be stored is stored at once', () => {
  const { spool, put, stored } = place();
  put([1, 2]);
  expect([stored, spool.waiting, spool.trouble]).toEqual([[1, 2], 0, undefined]);
});

test('what cannot be stored waits, in order, and is tried when it is time', () => {
  const { spool, put, stored, state } = place();
  state.isFull = true;
  put([1]);
  put([2]);
  put([3]);
  expect([spool.waiting, spool.trouble?.code, state.tries]).toEqual([3, 'E_DISK_FULL', 1]);
  expect(spool.drain()).toBe(false);
  state.isFull = false;
  expect(spool.drain()).toBe(true);
  expect([stored, spool.trouble]).toEqual([[1, 2, 3], undefined]);
});

test('what there is no room for is dropped and counted, the oldest kept', () => {
  const { spool, put, stored, state } = place(3);
  state.isFull = true;
  put([1, 2]);
  put([3, 4, 5]);
  put([6]);
  expect([spool.waiting, spool.dropped]).toEqual([3, 3]);
  state.isFull = false;
  spool.drain();
  expect(stored).toEqual([1, 2, 3]);
});

test('a long backlog holds nobody up', () => {
  const { spool, put, stored, state } = place(5000);
  state.isFull = true;
  put(Array.from({ length: 2500 }, (_, index) => index));
  state.isFull = false;
  let asked = 0;
  const isLate = (): boolean => {
    asked += 1;
    return asked > 1;
  };
  expect([spool.drain(isLate), stored.length]).toEqual([false, 1000]);
  expect([spool.drain(), stored.length]).toEqual([true, 2500]);
});

test('whoever cannot wait is told why it is not stored', () => {
  const { spool, put, state } = place();
  state.isFull = true;
  put([1]);
  expect(() => spool.flush()).toThrow(FULL);
  state.isFull = false;
  expect(() => spool.flush()).not.toThrow();
});

test('a mistake of ours is no trouble of the store', () => {
  const spool = new Spool();
  const put = spool.lane<number>({
    cap: 1,
    write: () => {
      throw new TypeError('ours');
    },
  });
  expect(() => put([1])).toThrow('ours');
});
