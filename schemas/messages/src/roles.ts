// Who may do what in a tenant: one table that the API checks requests against and that the dashboard shows. The operators' own account
// has another one: there the same roles run the installation.
import { operatorReadScope, operatorScope, ownerScope, type Role, type Scope, scopes } from './control.ts'

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
  'requests:read',
] as const satisfies Scope[]

const ofCustomers: Record<Role, readonly Scope[]> = {
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

const looking = [operatorReadScope, 'members:read', 'account:read', 'audit:read'] as const satisfies Scope[]
const running = [...looking, operatorScope, 'members:write'] as const satisfies Scope[]

/**
 * Whoever may order the fleet about has nothing to gain from being an owner, so admins are the same. Nobody has `account:own` or
 * `account:write`: the account cannot be deleted, handed over or planned. Keys are made on the command line only.
 */
const ofOperators: Record<Role, readonly Scope[]> = {
  owner: running,
  admin: running,
  developer: looking,
  agent: looking,
  viewer: looking,
}

type Where = { operators?: boolean | undefined }

export const scopesOfRole = ({ operators }: Where, role: Role): readonly Scope[] =>
  (operators ? ofOperators : ofCustomers)[role]

/** Nobody gives a role that may do more than he may himself, nor changes or removes one who has it. */
export const mayGive = (where: Where, own: readonly Scope[], role: Role): boolean =>
  scopesOfRole(where, role).every((scope) => own.includes(scope))

/**
 * What an operator with support access may look at in a tenant: how it is set up and how it fares. Not messages, chats, events, keys or
 * exports; and nothing that links a phone, which takes `sessions:write`.
 */
export const supportScopes = [
  'sessions:read',
  'webhooks:read',
  'members:read',
  'account:read',
  'usage:read',
  'audit:read',
] as const satisfies Scope[]
