// Notices of a tenant over the broker: told to all gateways, heard by those that somebody follows the tenant at.
import type { Notice as ShownNotice } from '@wagate/api/notice.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { type Notice, notice } from '@wagate/messages/notices.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { noticeSubject } from '@wagate/messages/subjects.ts'
import type { Answering, Broker } from '@wagate/runtime/broker.ts'

export type LiveNotices = {
  /** Does not wait, and does not throw. */
  tell: (tenantId: string, mode: Mode, notice: Notice) => void
  hear: (tenantId: string, mode: Mode, hear: (notice: Notice) => void) => Answering
}

/** What a newer service tells, and this version does not know, is passed over. */
export const createLiveNotices = (broker: Pick<Broker, 'tell' | 'listen'>): LiveNotices => ({
  tell: (tenantId, mode, told) => broker.tell(noticeSubject(tenantId, mode), Buffer.from(JSON.stringify(told))),
  hear: (tenantId, mode, hear) =>
    broker.listen(noticeSubject(tenantId, mode), (data) => {
      const parsed = parseJson(data, notice, (heard) => ({ ok: true as const, heard }))
      if (parsed.ok) hear(parsed.heard)
    }),
})

/** In the API's words. */
export function presentNotice(told: Notice): ShownNotice {
  if (told.type === 'session.updated')
    return { type: told.type, timestamp: told.at, data: { session_id: told.sessionId } }
  const data = { chat_id: told.chatId, session_id: told.sessionId }
  return told.type === 'chat.typing'
    ? { type: told.type, timestamp: told.at, data: { ...data, state: told.state } }
    : { type: told.type, timestamp: told.at, data }
}
