// Who may do what in a tenant: one table that the API checks requests against and that the dashboard shows.
import { ownerScope, type Role, type Scope, scopes } from './control.ts'

const reading = [
  'sessions:read',
  'messages:read',
  'webhooks:read',
  'events:read',
  'members:read',
  'account:read',
  'usage:read',
] as const satisfies Scope[]
const answering = [...reading, 'messages:write'] as const satisfies Scope[]
const building = [
  ...answering,
  'sessions:write',
  'webhooks:write',
  'sandbox',
  'keys:read',
  'keys:write',
  'tokens:write',
] as const satisfies Scope[]

const table: Record<Role, readonly Scope[]> = {
  /** Everything; a tenant has one at least. */
  owner: [...scopes, ownerScope],
  /** Everything but the account's own existence and its owners. */
  admin: scopes,
  /** Builds on the API: sessions, webhooks, keys. */
  developer: building,
  /** Talks with customers. */
  agent: answering,
  viewer: reading,
}

export const scopesOfRole = (role: Role): readonly Scope[] => table[role]

/** Nobody gives a role that may do more than he may himself, nor changes or removes one who has it. */
export const mayGive = (own: readonly Scope[], role: Role): boolean =>
  scopesOfRole(role).every((scope) => own.includes(scope))
