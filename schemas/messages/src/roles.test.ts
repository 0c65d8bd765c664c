import { expect, test } from 'vitest'
import { operatorScope, ownerScope, roles } from './control.ts'
import { mayGive, scopesOfRole } from './roles.ts'

test('each role may do all that the next one may', () => {
  for (const [index, role] of roles.entries())
    for (const lower of roles.slice(index + 1)) {
      expect(mayGive(scopesOfRole(role), lower), `${role} gives ${lower}`).toBe(true)
      expect(mayGive(scopesOfRole(lower), role), `${lower} gives ${role}`).toBe(false)
    }
})

test("no role is the operator, and only an owner has what is an owner's", () => {
  for (const role of roles) expect(scopesOfRole(role)).not.toContain(operatorScope)
  expect(roles.filter((role) => scopesOfRole(role).includes(ownerScope))).toEqual(['owner'])
})

test('a viewer changes nothing', () => {
  expect(scopesOfRole('viewer').filter((scope) => !scope.endsWith(':read'))).toEqual([])
})
