// The EVENTS stream, and notices, as the live event streams need them.
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { MessageViews } from '../message/views.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { createLiveNotices, type LiveNotices } from './notices.ts'
import type { EventSource } from './stream.ts'

const stream = 'EVENTS'

export const createEventSource = (broker: Broker): EventSource & { liveNotices: LiveNotices } => ({
  lastPosition: async (subject) => (await broker.lastMessage(stream, subject))?.seq ?? 0,
  tail: (subject, options) => broker.tail(stream, subject, options),
  liveNotices: createLiveNotices(broker),
})

/** From memory; a session that was gone before this gateway started is looked up in the view, once. */
export function createModeOfSession(directory: SessionDirectory, views: Pick<MessageViews, 'modeOfSession'>) {
  const looked = new Map<string, Mode>()
  return (tenantId: string, sessionId: string): Mode | undefined | Promise<Mode | undefined> =>
    directory.modeOf(tenantId, sessionId) ?? looked.get(`${tenantId}.${sessionId}`) ?? lookUp(tenantId, sessionId)

  async function lookUp(tenantId: string, sessionId: string): Promise<Mode | undefined> {
    const mode = await views.modeOfSession(tenantId, sessionId)
    if (mode && looked.size < 10_000) looked.set(`${tenantId}.${sessionId}`, mode)
    return mode
  }
}
