// What was written to a chat and no event tells of yet, among its messages: whoever opens it sees that an answer is on its way.
import type { Message } from '@wagate/api/message.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import type { Position } from '../http/cursor.ts'
import type { AskQueue } from '../message/find.ts'
import { presentPending } from '../message/present.ts'
import type { Positioned } from '../postgres/in-tenant.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { otherSideOf } from './find.ts'
import type { LocatedChat } from './views.ts'

export type PendingDeps = { askQueue: AskQueue; directory: Pick<SessionDirectory, 'find'> }

/** As the engine that has the session tells it; none while there is no engine. */
export async function findPending(deps: PendingDeps, caller: Caller, chat: LocatedChat): Promise<Message[]> {
  const session = deps.directory.find(caller.tenantId, caller.mode, chat.session_id)?.config
  const answer = session && (await deps.askQueue(session, { chat: otherSideOf(chat) }))
  return (answer?.pending ?? []).map((pending) => presentPending(chat, pending))
}

/**
 * In their place: ids are in the order of time, and rows are the newest first from after the position. What both know is shown as stored,
 * since that is told by events.
 */
export function withPending(
  rows: readonly Positioned<Message>[],
  pending: readonly Message[],
  after: Position | undefined,
): Positioned<Message>[] {
  const stored = new Set(rows.map(({ item }) => item.id))
  const between = pending.filter(({ id }) => !stored.has(id) && (after === undefined || id < after.id))
  const timeOf = ({ id }: Message) => new Date(timeOfId(id)).toISOString()
  const added = between.map((item) => ({ item, position: { key: timeOf(item), id: item.id } }))
  return [...rows, ...added].toSorted((one, other) => (one.item.id < other.item.id ? 1 : -1))
}
