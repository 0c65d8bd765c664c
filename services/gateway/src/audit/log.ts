// Entries on their way into the audit log: one broker write each, behind the change and before its answer. Postgres is not needed.
import type { AuditEntry } from '@wagate/messages/audit.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { auditSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { entryOf, type NewAuditEntry } from './entry.ts'

export type AuditLog = {
  /** Resolves when an entry could be stored now. @throws BrokerUnavailable when it could not, before anything was changed */
  ready(): Promise<void>
  /**
   * Resolves when the broker has the entry. Throws what `publish` throws; the entry is then kept in memory and tried again until it is
   * stored, so that the change, which has been made, is not missing from the log.
   */
  record(entry: NewAuditEntry): Promise<void>
}

export type AuditLogDeps = {
  publish: Broker['publish']
  status: Broker['status']
  pause: (ms: number) => Promise<void>
  monotonicMs: () => number
  now: () => Date
  newId: (kind: IdKind) => string
  timeoutMs: number
  /** An entry waits in memory. */
  onWaiting: (entry: AuditEntry, error: unknown) => void
  /** There was no room for it: this call has its only copy. */
  onLost: (entry: AuditEntry) => void
}

/** Entries that wait for the broker in memory: some hundred bytes each. */
export const maxWaiting = 1_000
const lookEveryMs = 50

export function createAuditLog(deps: AuditLogDeps) {
  const waiting = new Map<string, AuditEntry>()

  async function store(entry: AuditEntry): Promise<void> {
    const data = Buffer.from(JSON.stringify(entry))
    await deps.publish(auditSubject(entry.tenantId), data, { msgId: entry.id, timeoutMs: deps.timeoutMs })
    waiting.delete(entry.id)
  }

  function keep(entry: AuditEntry, error: unknown): void {
    if (waiting.size >= maxWaiting && !waiting.has(entry.id)) deps.onLost(entry)
    else {
      waiting.set(entry.id, entry)
      deps.onWaiting(entry, error)
    }
  }

  return {
    async ready(): Promise<void> {
      const deadlineMs = deps.monotonicMs() + deps.timeoutMs
      while (deps.status() !== 'connected') {
        if (deps.monotonicMs() >= deadlineMs) throw new BrokerUnavailable('disconnected', { mayHaveHappened: false })
        await deps.pause(lookEveryMs)
      }
    },

    async record(told: NewAuditEntry): Promise<void> {
      const entry = entryOf(told, { id: deps.newId('auditEntry'), time: deps.now().toISOString() })
      try {
        await store(entry)
      } catch (error) {
        keep(entry, error)
        throw error
      }
    },

    /** How many wait. */
    waiting: (): number => waiting.size,

    /** Tries all that wait, once; resolves with whether none is left. */
    async retry(): Promise<boolean> {
      for (const entry of [...waiting.values()]) {
        const stored = await store(entry).then(
          () => true,
          () => false,
        )
        if (!stored) return false
      }
      return waiting.size === 0
    },
  }
}

const retryEveryMs = 1_000

/** Tries what waits every second, until the signal aborts. */
export async function keepRecording(
  { retry }: Pick<ReturnType<typeof createAuditLog>, 'retry'>,
  pause: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(retryEveryMs)
    await retry()
  }
}
