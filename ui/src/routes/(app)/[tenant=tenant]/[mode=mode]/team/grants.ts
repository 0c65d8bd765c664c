// What roles may do, in words: a row per kind of thing, from the table of scopes that the API checks by.
import type { RoleTable } from '@wagate/api/member.ts'

export const kinds = [
  'messages',
  'sessions',
  'events',
  'webhooks',
  'keys',
  'tokens',
  'requests',
  'sandbox',
  'usage',
  'members',
  'audit',
  'account',
  'own',
] as const
export type Kind = (typeof kinds)[number]
export type Grant = 'none' | 'look' | 'change'

/** `account:own` is about the account's existence: a thing of its own. */
const scopesOf: Record<Kind, { look?: string; change?: string }> = {
  messages: { look: 'messages:read', change: 'messages:write' },
  sessions: { look: 'sessions:read', change: 'sessions:write' },
  events: { look: 'events:read' },
  webhooks: { look: 'webhooks:read', change: 'webhooks:write' },
  keys: { look: 'keys:read', change: 'keys:write' },
  tokens: { change: 'tokens:write' },
  requests: { look: 'requests:read' },
  sandbox: { change: 'sandbox' },
  usage: { look: 'usage:read' },
  members: { look: 'members:read', change: 'members:write' },
  audit: { look: 'audit:read' },
  account: { look: 'account:read', change: 'account:write' },
  own: { change: 'account:own' },
}

function grantOf(scopes: readonly string[], kind: Kind): Grant {
  const { look, change } = scopesOf[kind]
  if (change !== undefined && scopes.includes(change)) return 'change'
  return look !== undefined && scopes.includes(look) ? 'look' : 'none'
}

/** Mightiest role first, as the API lists them. */
export const grantsOf = (table: RoleTable['data']) =>
  kinds.map((kind) => ({ kind, cells: table.map(({ role, scopes }) => ({ role, grant: grantOf(scopes, kind) })) }))

/** What a newer API may check by and this page has no words for. */
export const unnamedScopes = (table: RoleTable['data']): string[] => {
  const named = Object.values(scopesOf).flatMap(({ look, change }) => [look, change])
  return [...new Set(table.flatMap(({ scopes }) => scopes))].filter((scope) => !named.includes(scope))
}
