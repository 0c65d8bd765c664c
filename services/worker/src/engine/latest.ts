// Writes of which only the latest counts: one at a time, tried again until it worked or another came.
import type { EngineBroker } from './deps.ts'

export function writeLatest<Value>(
  engine: Pick<EngineBroker, 'pause' | 'stopping'>,
  write: (value: Value) => Promise<void>,
): (value: Value) => void {
  let latest: { value: Value } | undefined
  let writing = false

  async function run(): Promise<void> {
    writing = true
    for (let attempt = 1; latest && !engine.stopping.aborted; ) {
      const own = latest
      try {
        await write(own.value)
        if (latest === own) latest = undefined
        attempt = 1
      } catch {
        attempt += 1
        await engine.pause(attempt)
      }
    }
    writing = false
  }

  return (value) => {
    latest = { value }
    if (!writing) void run()
  }
}
