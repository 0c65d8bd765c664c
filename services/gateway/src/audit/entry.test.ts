import { auditEntry } from '@wagate/messages/audit.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryOf, type NewAuditEntry } from './entry.ts'

const minted = { id: 'aud_01KAH2Z6W4V8D9Q3N5R7T1XYZC', time: '2026-11-21T10:00:00.000Z' }
const told: NewAuditEntry = { tenantId: 'ten_a', actor: { kind: 'key', id: 'k' }, action: 'session.created' }

test('whatever facts a change has, its entry can be stored', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 250 })
  const fact = fc.oneof(
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(anyText, { maxLength: 60, size: 'small' }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), fact), (facts) => {
      const changes = Object.fromEntries(Object.entries(facts).map(([name, value]) => [`f${name}`, value]))
      expect(auditEntry.safeParse(entryOf({ ...told, changes }, minted)).error).toBeUndefined()
    }),
  )
})

test('of the caller’s address only the network is kept, and each target once', () => {
  const entry = entryOf({ ...told, address: '203.0.113.77', targets: ['a', 'a', 'b', 'c'] }, minted)
  expect(entry).toMatchObject({ address: '203.0.113.0/24', targets: ['a', 'b'] })
  expect(entryOf({ ...told, address: 'nonsense' }, minted).address).toBeNull()
})
