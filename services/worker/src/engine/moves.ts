// Sessions that move to a partition of another pool. Their owner goes on hosting them until every command that was queued under
// the old partition is in the session's log; then it lets go, and says so in the session's configuration.
import { hostPartition, type SessionConfig } from '@wagate/messages/control.ts'
import type { Session } from '../session/session.ts'

export type MovesDeps = {
  find: (config: SessionConfig) => SessionConfig | undefined
  /** Whether a command of the session is still queued under its old partition. */
  hasCommands: (config: SessionConfig, partition: string) => Promise<boolean>
  /** Takes `movingFrom` out of the configuration, unless somebody has changed it meanwhile. */
  finish: (config: SessionConfig) => Promise<void>
  pause: (ms: number) => Promise<void>
  /** The move is over, or was given up: look again at who should host the session. */
  onOver: (config: SessionConfig) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

export type Leaving = {
  config: SessionConfig
  starting: Promise<Pick<Session, 'quiesce' | 'drain'> | undefined>
  /** Still hosted by us in the partition that it leaves. */
  isOurs: () => boolean
  /** From now on nothing of it is hosted here. */
  drop: () => void
}

/** Until every gateway knows the new partition; one whose watch is late does not publish either. */
const graceMs = 2_000
const lookMs = 200
const retryMs = 1_000

export function createMoves(deps: MovesDeps) {
  const leaving = new Set<string>()
  const gone = new Set<string>()
  const awaited = new Map<string, PromiseWithResolvers<void>>()

  async function run({ config, starting, isOurs, drop }: Leaving): Promise<void> {
    const from = hostPartition(config)
    const isWanted = (): boolean => {
      const current = deps.find(config)
      return isOurs() && current?.movingFrom === from && current.desired === 'running'
    }
    await deps.pause(graceMs)
    while (isWanted() && (await deps.hasCommands(config, from).catch(() => true))) await deps.pause(lookMs)
    const session = await starting
    if (!isWanted()) return
    gone.add(config.sessionId)
    await session?.quiesce()
    await session?.drain().catch(() => {})
    drop()
    while (deps.find(config)?.movingFrom === from) {
      await deps.finish(config).catch(() => {})
      await deps.pause(retryMs)
    }
    deps.log('session.moved', { sessionId: config.sessionId, from, to: config.partition })
  }

  return {
    /** The session is hosted here and is to leave; asked again, it is the same move. */
    begin(move: Leaving): void {
      const { sessionId } = move.config
      if (leaving.has(sessionId)) return
      leaving.add(sessionId)
      void run(move).finally(() => {
        leaving.delete(sessionId)
        gone.delete(sessionId)
        const current = deps.find(move.config)
        if (current && current.movingFrom === undefined) deps.onOver(current)
      })
    },
    /** It was let go of; its new owner may not have it yet. */
    isGone: (sessionId: string): boolean => gone.has(sessionId),
    /** Resolves when the session may be hosted where it moves to, in the order of the calls. */
    arrival(sessionId: string): Promise<void> {
      const waiting = awaited.get(sessionId) ?? Promise.withResolvers<void>()
      awaited.set(sessionId, waiting)
      return waiting.promise
    },
    /** Its configuration has changed, or the partition is given up. */
    wake(sessionId: string): void {
      awaited.get(sessionId)?.resolve()
      awaited.delete(sessionId)
    },
    wakeAll(): void {
      for (const sessionId of [...awaited.keys()]) this.wake(sessionId)
    },
  }
}
export type Moves = ReturnType<typeof createMoves>
