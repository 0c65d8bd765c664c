// The usage of tenants in memory: what a test says was stored.
import type { Mode } from '@wagate/messages/envelope.ts'
import type { UsageDeps } from '../usage/answer.ts'
import type { MessageCounts, StoredUsage } from '../usage/store.ts'

export function fakeUsage() {
  const stored = new Map<string, StoredUsage>()
  const store: UsageDeps['usage'] = {
    read: async (tenantId, mode, { from, to }) => {
      const { messages, sessions, calls } = stored.get(`${tenantId}|${mode}`) ?? {
        messages: [],
        sessions: [],
        calls: [],
      }
      const isWithin = ({ day }: { day: string }) => from <= day && day <= to
      return {
        messages: messages.filter(isWithin),
        sessions: sessions.filter(isWithin),
        calls: calls.filter(isWithin),
      }
    },
  }
  return {
    store,
    set: (tenantId: string, mode: Mode, usage: StoredUsage): void => void stored.set(`${tenantId}|${mode}`, usage),
  }
}

/** Counts of a day that are 0 unless told. */
export const messageCounts = (day: string, type: string, told: Partial<MessageCounts> = {}): MessageCounts => ({
  day,
  type,
  sent: 0,
  sentByPhone: 0,
  received: 0,
  delivered: 0,
  read: 0,
  played: 0,
  failed: 0,
  unconfirmed: 0,
  cancelled: 0,
  expired: 0,
  mediaBytesSent: 0,
  mediaBytesReceived: 0,
  ...told,
})
