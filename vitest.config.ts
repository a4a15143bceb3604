import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests use a real kernel, real servers and a clock that other work delays. Whoever fails
    // twice has failed; whoever fails once is reported as flaky.
    retry: 1,
    pool: 'forks',
    maxWorkers: 2,
  },
});
