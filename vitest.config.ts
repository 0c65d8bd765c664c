import { defineConfig } from 'vitest/config'

const ignored = ['**/node_modules/**', '**/.tools/**', '**/.data/**']
const e2e = 'infra/{e2e,faults,journeys}/**/*.e2e.test.ts'

/** Three rings, told apart by the suffix of the file. `make test` runs one after the other. */
export default defineConfig({
  test: {
    // A failure is a finding: nothing is run again by itself.
    retry: 0,
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          testTimeout: 10_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: ignored,
          globalSetup: ['infra/testing/src/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: [e2e],
          exclude: ignored,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
})
