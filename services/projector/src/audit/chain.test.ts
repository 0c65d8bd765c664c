import { genesis, verifyChain } from '@wagate/messages/audit-chain.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anEntry } from '../testing/audit.ts'
import { chainUp, entryKey, sha256 } from './chain.ts'
import { recordOf, rowOf } from './rows.ts'

const none = new Set<string>()
const coming = fc.array(fc.tuple(fc.nat(12), fc.constantFrom('ten_a', 'ten_b')), { maxLength: 30 })

test('however often entries come, each tenant gets each once, in order, in a chain that holds', () => {
  fc.assert(
    fc.property(coming, (pairs) => {
      const entries = pairs.map(([n, tenantId]) => anEntry(n, tenantId))
      const records = chainUp(entries, new Map(), none)
      for (const tenantId of ['ten_a', 'ten_b']) {
        const own = records.filter((record) => record.tenant_id === tenantId)
        const wanted = new Set(entries.filter((entry) => entry.tenantId === tenantId).map(({ id }) => id))
        expect(own.map(({ id }) => id)).toEqual([...wanted])
        expect(verifyChain(own, genesis, sha256).holds).toBe(true)
      }
    }),
  )
})

test('in whatever batches entries come, the chain is the same', () => {
  fc.assert(
    fc.property(coming, fc.nat(30), (pairs, cut) => {
      const entries = pairs.map(([n, tenantId]) => anEntry(n, tenantId))
      const first = chainUp(entries.slice(0, cut), new Map(), none)
      const ends = new Map(first.map((record) => [record.tenant_id, record]))
      const known = new Set(entries.slice(0, cut).map(entryKey))
      expect([...first, ...chainUp(entries.slice(cut), ends, known)]).toEqual(chainUp(entries, new Map(), none))
    }),
  )
})

test('a row is its entry', () => {
  const [record] = chainUp([anEntry(1)], new Map(), none)
  expect(record && recordOf(rowOf(record))).toEqual(record)
})
