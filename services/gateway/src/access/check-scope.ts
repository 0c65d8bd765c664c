// Whether the caller may, and if not, why in the caller's own words: a program's key has scopes, a person a role.
import { operatorReadScope, operatorScope, type Scope } from '@wagate/messages/control.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import { DomainError } from '../http/problem.ts'
import type { Caller } from './authenticate.ts'

/** Throws `scope-missing` to programs, `permission-missing` to people. */
export function checkScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope)) return
  if (scope === operatorReadScope && caller.scopes.includes(operatorScope)) return
  const { actor, tenant } = caller
  switch (actor.kind) {
    case 'key':
      throw new DomainError(
        'scope-missing',
        `This needs an API key with the scope "${scope}"; this key does not have it.`,
      )
    case 'person':
      throw notPermitted(
        scopesOfRole(tenant, actor.role).includes(scope)
          ? `Your role in this account includes "${scope}", but this token was made without it: get another one.`
          : `Your role in this account, ${actor.role}, does not allow this: it needs "${scope}". Ask an owner or admin.`,
      )
    case 'support':
      throw notPermitted(
        `This needs the permission "${scope}", which support access never has: a customer who wants help with that invites a person.`,
      )
  }
}

/** What the caller wants to pass on and does not have. Throws like `checkScope`. */
export function checkScopesToGive({ actor, scopes }: Caller, wanted: readonly string[]): void {
  const beyond = wanted.filter((scope) => !scopes.includes(scope as Scope)).join(', ')
  if (beyond === '') return
  throw actor.kind === 'key'
    ? new DomainError('scope-missing', `Your own API key does not have ${beyond}, so it cannot give that away.`)
    : notPermitted(`You do not have ${beyond} in this account, so you cannot give that away.`)
}

export const notPermitted = (detail: string) => new DomainError('permission-missing', detail)
