import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditEntry, auditActions, auditEntry } from './audit.ts'
import { type AuditRecord, type ChainEnd, canonical, genesis, hashOf, link, verifyChain } from './audit-chain.ts'

const sha256 = (text: string) => hash('sha256', text)

const id = fc.stringMatching(/^[a-z]{3}_[A-Z0-9]{8}$/)
const word = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'))
const fact = fc.oneof(
  word,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(word, { maxLength: 3 }),
)
const entry: fc.Arbitrary<AuditEntry> = fc.record({
  v: fc.constant(1 as const),
  id,
  tenantId: fc.constant('ten_a'),
  time: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  actor: fc.record({ kind: fc.constantFrom('person', 'key', 'operator', 'system'), id: fc.option(id) }),
  action: fc.constantFrom(...auditActions),
  targets: fc.array(id, { maxLength: 2 }),
  mode: fc.constantFrom('test', 'live', null),
  requestId: fc.option(id),
  route: fc.option(word),
  address: fc.constantFrom('203.0.113.0/24', null),
  changes: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), fact, { maxKeys: 4 }),
})

function chained(entries: readonly AuditEntry[]): AuditRecord[] {
  let end: ChainEnd = genesis
  return entries.map((one) => {
    const record = link(one, end, sha256)
    end = record
    return record
  })
}
const chain = fc.array(entry, { minLength: 2, maxLength: 12 }).map(chained)
const verify = (records: readonly AuditRecord[], start = genesis) => verifyChain(records, start, sha256)

test('a chain holds from its beginning and from any entry whose hash somebody kept', () => {
  fc.assert(
    fc.property(chain, fc.nat(), (records, somewhere) => {
      const last = records.at(-1)
      expect(verify(records)).toMatchObject({ holds: true, through: { number: records.length, hash: last?.hash } })
      const at = somewhere % records.length
      expect(verify(records.slice(at), at === 0 ? genesis : records[at - 1]).holds).toBe(true)
    }),
  )
})

test('any change of any member of any entry is found, at that entry', () => {
  const change = fc.oneof(
    entry.map((other) => ({ changes: { ...other.changes, more: 1 } })),
    id.map((other) => ({ id: `${other}X` })),
    id.map((other) => ({ tenant_id: `${other}X` })),
    id.map((other) => ({ actor: { kind: 'person' as const, id: `${other}X` } })),
    id.map((other) => ({ targets: [`${other}X`] })),
    fc.constantFrom({ time: '1969-01-01T00:00:00.000Z' }, { action: 'plan.unheard_of' }, { route: 'another way' }),
    fc.constantFrom({ address: 'elsewhere' }, { request_id: 'another one' }, { hash: 'f'.repeat(64) }),
  )
  fc.assert(
    fc.property(chain, fc.nat(), change, (records, somewhere, changed) => {
      const at = somewhere % records.length
      const forged = records.map((record, n) => (n === at ? { ...record, ...changed } : record))
      expect(verify(forged)).toMatchObject({ holds: false, brokenAt: at + 1, fault: 'altered' })
    }),
  )
})

test('an entry that was forged with a hash that fits is found at the next one', () => {
  fc.assert(
    fc.property(chain, fc.nat(), (records, somewhere) => {
      const at = somewhere % (records.length - 1)
      const forged = records.map((record, n) => {
        if (n !== at) return record
        const other = { ...record, action: 'plan.unheard_of' }
        return { ...other, hash: hashOf(other, sha256) }
      })
      expect(verify(forged)).toMatchObject({ holds: false, brokenAt: at + 2, fault: 'detached' })
    }),
  )
})

test('an entry that was removed, put in or moved is found', () => {
  fc.assert(
    fc.property(chain, fc.nat(), fc.nat(), (records, one, other) => {
      const at = one % records.length
      // The last one leaves no trace in the chain itself: only a number and hash that were kept tell.
      if (at < records.length - 1) expect(verify(records.toSpliced(at, 1)).holds).toBe(false)
      expect(verify(records.toSpliced(other % (records.length + 1), 0, records[at] as AuditRecord)).holds).toBe(false)
      const to = other % records.length
      const swapped = records.with(at, records[to] as AuditRecord).with(to, records[at] as AuditRecord)
      expect(verify(swapped).holds).toBe(at === to)
    }),
  )
})

test('what was kept proves that the end is missing', () => {
  fc.assert(
    fc.property(chain, (records) => {
      const kept = records.at(-1) as AuditRecord
      const { through } = verify(records.slice(0, -1))
      expect(through.number < kept.number).toBe(true)
    }),
  )
})

test('a chain whose beginning was removed in order goes on from its anchor', () => {
  fc.assert(
    fc.property(chain, (records) => {
      const [anchor, ...rest] = records as [AuditRecord, ...AuditRecord[]]
      expect(verify(rest, { number: anchor.number, hash: anchor.hash }).holds).toBe(true)
      expect(verify(rest)).toMatchObject({ holds: false, brokenAt: 1, fault: 'missing' })
    }),
  )
})

test('the order in which members were stored changes no hash, nor does a way through JSON', () => {
  fc.assert(
    fc.property(entry, (one) => {
      const record = link(one, genesis, sha256)
      const reversed = Object.fromEntries(Object.entries(record).reverse())
      expect(hashOf({ ...record, ...reversed }, sha256)).toBe(record.hash)
      expect(hashOf(JSON.parse(JSON.stringify(record)), sha256)).toBe(record.hash)
    }),
  )
})

test('what is hashed is canonical JSON as RFC 8785 has it', () => {
  const value = {
    '€': 'Euro',
    '\r': 'CR',
    '1': 'one',
    '\u0080': 'control',
    numbers: [1 / 3, 1e30, 4.5, 0.002, 1e-27],
  }
  expect(canonical(value)).toBe(
    '{"\\r":"CR","1":"one","numbers":[0.3333333333333333,1e+30,4.5,0.002,1e-27],"\u0080":"control","€":"Euro"}',
  )
})

test('what a chain is made of is what the schema lets pass', () => {
  fc.assert(fc.property(entry, (one) => void expect(auditEntry.parse(one)).toEqual(one)))
  expect(auditEntry.safeParse({ v: 1 }).success).toBe(false)
})
