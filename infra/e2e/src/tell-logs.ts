import type { TestStack } from '@wagate/testing/stack.ts'
import { afterEach } from 'vitest'

/** After a failed test: what the services had to say beyond their daily business. */
export function tellLogsOfFailures(stack: () => TestStack | undefined): void {
  afterEach(({ task }) => {
    const running = stack()
    if (!running || task.result?.state !== 'fail') return
    for (const name of ['gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'sandbox'] as const) {
      const lines = running.log(name, 100_000).split('\n')
      const telling = lines
        .filter((line) => !/"level":"(info|debug)"/.test(line) || line.includes('"service.'))
        .slice(-25)
      if (telling.length > 0) console.log(`${name}:\n${telling.map((line) => line.slice(0, 500)).join('\n')}`)
    }
  })
}
