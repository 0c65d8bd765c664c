// AUDIT → the chains, in the order of the stream. No entry is dropped: what cannot be stored goes to DEAD_LETTERS, loudly.
import { type AuditEntry, parseAuditEntry } from '@wagate/messages/audit.ts'
import { auditConsumer } from '@wagate/messages/streams.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import type { AuditBatch, Recorded } from './apply.ts'

export type AuditHandlerDeps = {
  record(batch: AuditBatch): Promise<Recorded>
  onRecorded(end: AuditBatch['end'], recorded: Recorded): void
  /** Told after an entry has been set aside. */
  onPutAside(seq: number, reason: string): void
}

/** The database cannot hold a value (SQLSTATE class 22). Anything else, a number that is taken for instance, must be looked at, not passed by. */
const isUnstorable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^22[0-9A-Z]{3}$/.test(String(error.code))

type SetAside = (message: StoredMessage, reason: string) => Promise<void>

/** Resolves when all messages are in the chains, or set aside. Throws what must be tried again as it is. */
export function createAuditHandler(deps: AuditHandlerDeps) {
  const endAt = (message: StoredMessage) => ({ consumer: auditConsumer.name, seq: message.seq, storedAt: message.time })

  const record = async (entries: readonly AuditEntry[], last: StoredMessage) => {
    const end = endAt(last)
    deps.onRecorded(end, await deps.record({ entries, end }))
  }

  return async (messages: readonly StoredMessage[], setAside: SetAside): Promise<void> => {
    const last = messages.at(-1)
    if (!last) return
    const putAside = async (message: StoredMessage, reason: string) => {
      await setAside(message, reason)
      deps.onPutAside(message.seq, reason)
    }
    const readable: { message: StoredMessage; entry: AuditEntry }[] = []
    for (const message of messages) {
      const parsed = parseAuditEntry(message)
      if (parsed.ok) readable.push({ message, entry: parsed.entry })
      else await putAside(message, parsed.reason)
    }
    try {
      await record(
        readable.map(({ entry }) => entry),
        last,
      )
    } catch (error) {
      if (!isUnstorable(error)) throw error
      for (const { message, entry } of readable) {
        try {
          await record([entry], message)
        } catch (refusal) {
          if (!isUnstorable(refusal)) throw refusal
          await putAside(message, 'refused by the database')
        }
      }
    }
  }
}
export type AuditHandler = ReturnType<typeof createAuditHandler>
