import { expect, test } from 'vitest'
import { operatorReadScope, operatorScope, ownerScope, roles } from './control.ts'
import { mayGive, scopesOfRole } from './roles.ts'

const customers = {}
const operators = { operators: true } as const

test('each role may do all that the next one may', () => {
  for (const [index, role] of roles.entries())
    for (const lower of roles.slice(index + 1)) {
      expect(mayGive(customers, scopesOfRole(customers, role), lower), `${role} gives ${lower}`).toBe(true)
      expect(mayGive(customers, scopesOfRole(customers, lower), role), `${lower} gives ${role}`).toBe(false)
      expect(mayGive(operators, scopesOfRole(operators, role), lower), `${role} gives ${lower}`).toBe(true)
    }
})

test("no role in a customer's account reaches what is the operators', and only an owner has what is an owner's", () => {
  for (const role of roles)
    for (const scope of [operatorScope, operatorReadScope]) expect(scopesOfRole(customers, role)).not.toContain(scope)
  expect(roles.filter((role) => scopesOfRole(customers, role).includes(ownerScope))).toEqual(['owner'])
})

test('a viewer changes nothing', () => {
  for (const where of [customers, operators])
    expect(scopesOfRole(where, 'viewer').filter((scope) => !scope.endsWith(':read'))).toEqual([])
})

test("in the operators' account owners and admins run the installation, all others look on, and nobody can end the account", () => {
  const running = roles.filter((role) => scopesOfRole(operators, role).includes(operatorScope))
  expect(running).toEqual(['owner', 'admin'])
  for (const role of roles) {
    const has = scopesOfRole(operators, role)
    expect(has).toContain(operatorReadScope)
    for (const scope of [ownerScope, 'account:write', 'keys:write', 'tokens:write', 'sessions:write'] as const)
      expect(has).not.toContain(scope)
    if (!running.includes(role)) expect(mayGive(operators, has, 'admin'), role).toBe(false)
  }
})
