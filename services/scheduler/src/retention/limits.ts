// Up to when a tenant's data are removed, from what it chose and what its plan allows.

export type DataKind = 'messages' | 'chats' | 'deliveries'

/** What a tenant chose, in days; null: as long as allowed. */
export type Choice = Record<DataKind, number | null>
export type Cutoffs = Record<DataKind, Date>

const dayMs = 86_400_000

/** Figures by hour hold no content: of every tenant the same, one day more than anybody can ask for. */
export const hoursCutoff = (now: Date): Date => new Date(now.getTime() - 93 * dayMs)

/** No longer than `maxDays`, whatever was chosen; a chat is never removed before its messages. */
export function cutoffs(choice: Choice, maxDays: number, now: Date): Cutoffs {
  const daysOf = (chosen: number | null): number => Math.min(chosen ?? maxDays, maxDays)
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs)
  const messages = daysOf(choice.messages)
  return {
    messages: before(messages),
    chats: before(Math.max(daysOf(choice.chats), messages)),
    deliveries: before(daysOf(choice.deliveries)),
  }
}
