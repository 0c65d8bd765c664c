import { createApiKey } from '@wagate/api/api-key.ts'
import { expect, test } from 'vitest'
import { grantsOf, unnamedScopes } from './grants.ts'

const ofKeys = createApiKey.shape.scopes.element.options

test('the table has words for every scope that there is', () => {
  expect(unnamedScopes([{ role: 'owner', scopes: [...ofKeys, 'account:own'] }])).toEqual([])
})

test('it says what a role may do', () => {
  const table = [
    { role: 'admin' as const, scopes: [...ofKeys] },
    { role: 'viewer' as const, scopes: ['messages:read', 'usage:read'] },
  ]
  const grants = new Map(grantsOf(table).map(({ kind, cells }) => [kind, cells.map(({ grant }) => grant)]))
  expect(grants.get('messages')).toEqual(['change', 'look'])
  expect(grants.get('usage')).toEqual(['look', 'look'])
  expect(grants.get('sandbox')).toEqual(['change', 'none'])
  expect(grants.get('own')).toEqual(['none', 'none'])
})
