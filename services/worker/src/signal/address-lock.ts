// libsignal runs the operations of one contact in turn, for the whole process, and in the async context of whichever
// operation came first. Left to it, a session's ratchet would be written in the transaction of another tenant's session that
// hears from the same contact, with that tenant's message (docs/adr/0010-one-signal-operation-per-contact.md). So we take
// turns before libsignal has to: its queue is always empty, and each operation runs in its own context.

/** The last operation under way of each contact, and of each account. */
const last = new Map<string | object, Promise<unknown>>()

/** Runs `operation` when all earlier ones of that contact, or account, have ended, whichever session they belong to. */
export async function inTurnOf<Result>(whose: string | object, operation: () => Promise<Result>): Promise<Result> {
  const before = last.get(whose)
  const own = before ? before.then(operation, operation) : operation()
  last.set(whose, own)
  try {
    return await own
  } finally {
    if (last.get(whose) === own) last.delete(whose)
  }
}
