// Since when a linked session has had no connection because its owner changed. Folded from the log, so that an owner that dies
// before it has connected does not make the gap look shorter.
import type { CloseReason, Takeover } from '@wagate/messages/events.ts'
import type { LogRecord } from './records.ts'

/** `cause`: how the last owner that had a connection, or was to have one, ended. */
export type Gap = Takeover | undefined

/** The same object when the record says nothing of it. `session`: before the record. */
export function foldGap(
  gap: Gap,
  record: LogRecord,
  session: { linked: boolean; closed: CloseReason | undefined },
): Gap {
  const isExpected = session.linked && session.closed === undefined
  switch (record.kind) {
    case 'LEFT':
      return gap ?? (isExpected ? { since: record.at, cause: 'handed_over' } : undefined)
    case 'CLAIM': // without `since` nothing is known of the time before the claim
      return gap ?? (isExpected ? { since: record.since ?? record.at, cause: 'lost' } : undefined)
    case 'RESET':
      return undefined
    case 'LIFECYCLE': {
      const { type } = record.lifecycle
      return type === 'session.connected' || type === 'session.closed' ? undefined : gap
    }
    default:
      return gap
  }
}
