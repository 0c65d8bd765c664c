// Reads the logs of a partition's sessions before their owner lets go of them, so that the takeover has only the rest to read.
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Replay } from '../log/replay.ts'

export type PrewarmDeps = {
  sessionsOf: (partition: string) => SessionConfig[]
  read: (config: SessionConfig) => Promise<Replay | undefined>
  limit: <Result>(run: () => Promise<Result>) => Promise<Result>
  after: (ms: number, run: () => void) => void
}

/** What was read is memory that nobody may ever need. */
const keptMs = 30_000

export function createPrewarm(deps: PrewarmDeps) {
  const ahead = new Map<string, Replay>()

  function forget(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) ahead.delete(sessionId)
  }

  return {
    /** Resolves when every log that can be read is read; what fails is read by the takeover. */
    async prepare(partition: string): Promise<void> {
      const configs = deps.sessionsOf(partition)
      await Promise.all(
        configs.map(async (config) => {
          const read = await deps.limit(() => deps.read(config)).catch(() => undefined)
          if (read) ahead.set(config.sessionId, read)
        }),
      )
      const sessionIds = configs.map(({ sessionId }) => sessionId)
      deps.after(keptMs, () => forget(sessionIds))
    },
    take(sessionId: string): Replay | undefined {
      const read = ahead.get(sessionId)
      ahead.delete(sessionId)
      return read
    },
  }
}
export type Prewarm = ReturnType<typeof createPrewarm>
