// Which chats the list shows: what the address says, and what the API is asked.
import type { ChatsQuery } from '@wagate/api/chat.ts'

export const views = ['all', 'unread', 'mine', 'unassigned'] as const
export type View = (typeof views)[number]
export type Filters = { view: View; session: string; q: string }

export const filtersOf = (query: URLSearchParams): Filters => ({
  view: views.find((view) => view === query.get('view')) ?? 'all',
  session: query.get('session') ?? '',
  q: (query.get('q') ?? '').trim().slice(0, 80),
})

/** With its question mark; nothing for all chats. */
export function searchOf(filters: Filters): string {
  const given = Object.entries(filters).filter(([name, value]) => value !== '' && !(name === 'view' && value === 'all'))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** A single character finds too much to be searched for. */
export const isSearch = ({ q }: Filters): boolean => q.length > 1

export const chatsQueryOf = (filters: Filters) =>
  ({
    ...(filters.view === 'unread' && { unread: 'true' as const }),
    ...(filters.view === 'mine' && { assignee: 'me' }),
    ...(filters.view === 'unassigned' && { assignee: 'none' }),
    ...(filters.session !== '' && { session_id: filters.session }),
    ...(isSearch(filters) && { q: filters.q }),
  }) satisfies ChatsQuery
