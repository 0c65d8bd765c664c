import { hash } from 'node:crypto'
import { type AuditRecord, type ChainEnd, genesis, link } from '@wagate/messages/audit-chain.ts'
import { expect, test } from 'vitest'
import { exportRecords } from './export.ts'
import { verifyPart } from './verification.ts'

function recordsOf(count: number): AuditRecord[] {
  let end: ChainEnd = genesis
  return Array.from({ length: count }, (_, n) => {
    const made = link(
      {
        v: 1,
        id: `aud_${n}`,
        tenantId: 'ten_a',
        time: '2026-11-21T10:00:00.000Z',
        actor: { kind: 'key', id: 'k' },
        action: 'session.created',
        targets: [`ses_${n}`],
        mode: 'test',
        requestId: '=1+2',
        route: 'POST /v1/sessions',
        address: null,
        changes: { said: 'a, "b"' },
      },
      end,
      (text) => hash('sha256', text),
    )
    end = made
    return made
  })
}

function storeOf(records: AuditRecord[]) {
  const reads: number[] = []
  return {
    reads,
    oldest: async (
      _tenantId: string,
      _filter: object,
      { after = 0 }: { after?: number | undefined },
      limit: number,
    ) => {
      const found = records.filter(({ number }) => number > after).slice(0, limit)
      reads.push(found.length)
      return found
    },
    beginning: async (): Promise<ChainEnd> => genesis,
  }
}

async function exported(format: 'csv' | 'ndjson', count: number, most?: number) {
  const store = storeOf(recordsOf(count))
  const readAfter = (after: number | undefined, limit: number) => store.oldest('ten_a', {}, { after }, limit)
  return {
    text: await new Response(await exportRecords(format, readAfter, undefined, most)).text(),
    reads: store.reads,
  }
}

test('NDJSON holds every entry as it is, so that whoever has the file can verify it', async () => {
  const { text, reads } = await exported('ndjson', 2_500)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(recordsOf(2_500))
  expect(Math.max(...reads)).toBeLessThanOrEqual(1_000)
})

test('CSV has a line of names, quotes what needs it, and disarms what a spreadsheet would run', async () => {
  const { text } = await exported('csv', 1)
  const [names, line, rest] = text.split('\r\n')
  expect(names).toMatch(/^number,id,time,actor_kind,actor_id,action,targets,/)
  expect(line).toContain(`ses_0,test,'=1+2,POST /v1/sessions,,"{""said"":""a, \\""b\\""""}",`)
  expect(rest).toBe('')
})

test('an export ends at its bound, and one of nothing is a file too', async () => {
  expect((await exported('ndjson', 2_500, 1_200)).text.trimEnd().split('\n')).toHaveLength(1_200)
  expect((await exported('csv', 0)).text.split('\r\n')).toHaveLength(2)
  expect((await exported('ndjson', 0)).text).toBe('')
})

test('a verification in parts comes to the same as one of the whole', async () => {
  const records = recordsOf(50)
  const store = storeOf(records)
  const whole = await verifyPart(store, 'ten_a', {})
  expect(whole).toMatchObject({ holds: true, after: 0, through: 50, hash: records[49]?.hash, complete: true })
  const part = await verifyPart(store, 'ten_a', {}, 20)
  expect(part).toMatchObject({ holds: true, through: 20, complete: false })
  const next = await verifyPart(store, 'ten_a', { after: part.through, hash: part.hash })
  expect(next).toEqual({ ...whole, after: 20 })
})

test('who kept a number and a hash finds out that the log is another one, or ends before', async () => {
  const records = recordsOf(5)
  const kept = records[4] as AuditRecord
  expect(await verifyPart(storeOf(records), 'ten_a', { after: 5, hash: '0'.repeat(64) })).toMatchObject({
    ...{ holds: false, broken_at: 5, fault: 'altered' },
  })
  expect(await verifyPart(storeOf(records.slice(0, 4)), 'ten_a', { after: 5, hash: kept.hash })).toMatchObject({
    ...{ holds: false, broken_at: 5, fault: 'missing' },
  })
  const forged = records.map((record) => (record.number === 3 ? { ...record, action: 'plan.changed' } : record))
  expect(await verifyPart(storeOf(forged), 'ten_a', {})).toMatchObject({
    ...{ holds: false, through: 2, broken_at: 3, fault: 'altered' },
  })
})

test('a beginning whose time is over is asked for anew', async () => {
  const records = recordsOf(5)
  const store = { ...storeOf(records.slice(3)), beginning: async () => records[2] as AuditRecord }
  expect(await verifyPart(store, 'ten_a', {})).toMatchObject({ holds: true, after: 3, through: 5 })
  await expect(verifyPart(store, 'ten_a', { after: 1 })).rejects.toThrow('begin there')
})
