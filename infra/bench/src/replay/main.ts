// `make bench-replay RECORDS=20000`: what it takes to read one session's log at a takeover, whole and behind a snapshot, and what the
// snapshot takes. A real broker and a real object store, no service. See docs/benchmarks.md.
import { randomBytes } from 'node:crypto'
import type { SessionConfig } from '@wagate/messages/control.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { parseMasterKey } from '@wagate/runtime/seal.ts'
import { testBroker } from '@wagate/runtime/testing/broker.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { startS3 } from '@wagate/testing/s3.ts'
import { type EngineBroker, takeoverDeps } from '@wagate/worker/engine/deps.ts'
import { makeSeeds, newCredentials } from '@wagate/worker/fakes/seeded-account.ts'
import { writeSeededLog } from '@wagate/worker/fakes/seeded-log.ts'
import { createSnapshotter } from '@wagate/worker/log/snapshotter.ts'
import { type Takeover, takeOver } from '@wagate/worker/log/takeover.ts'
import { distributionOf } from '../measure/percentiles.ts'
import { bytes, figure, tableLines } from '../report/table.ts'
import { wholeNumbers } from '../whole-numbers.ts'

const bad: string[] = []
const number = wholeNumbers(
  process.env,
  {
    RECORDS: { fallback: 20_000, low: 100, high: 200_000 },
    RECORDS_AFTER: { fallback: 500, low: 0, high: 10_000 },
    CONTACTS: { fallback: 200, low: 1, high: 10_000 },
    RUNS: { fallback: 7, low: 1, high: 100 },
  } as const,
  bad,
)
const [records, recordsAfter, contacts, runs] = [
  number('RECORDS'),
  number('RECORDS_AFTER'),
  number('CONTACTS'),
  number('RUNS'),
]
if (bad.length > 0) throw new Error(bad.join('\n'))

/** Of a message that is sent and delivered, and one that is received. */
const recordsPerMessage = 3

await using nats = await startNats({ syncAlways: true })
await using broker = await testBroker(nats)
await using s3 = await startS3(['wagate'])
const { url: endpoint, accessKeyId, secretAccessKey } = s3
const engine: EngineBroker = {
  broker,
  buckets: {
    sessions: await broker.kv('sessions'),
    sessionKeys: await broker.kv('session_keys'),
    pairing: await broker.kv('pairing'),
  },
  master: parseMasterKey(randomBytes(32).toString('base64'), 'bench'),
  owner: 'bench',
  now: () => new Date(),
  reached: () => {},
  onAppend: () => {},
  objects: objectStore({ endpoint, bucket: 'wagate', region: 'us-east-1', accessKeyId, secretAccessKey }),
  warn: (event, fields) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
  pause: async () => {},
  stopping: new AbortController().signal,
}
const createdAt = new Date()
const sessionId = makeId('session', createdAt.getTime(), randomBytes(10))
const tenantId = makeId('tenant', createdAt.getTime(), randomBytes(10))
const config: SessionConfig = {
  ...{ v: 1, tenantId, sessionId, mode: 'test', partition: 's0', desired: 'running' },
  createdAt: createdAt.toISOString(),
}
const deps = { ...(await takeoverDeps(engine, config)), report: engine.warn }
const seeded = {
  config,
  creds: newCredentials(),
  account: { phone: '+999100', lid: '100@lid' },
  seeds: await makeSeeds(),
}

const write = (count: number): Promise<void> =>
  writeSeededLog(engine, { ...seeded, contacts, messages: Math.ceil(count / recordsPerMessage) })
const takeoverNow = (): Promise<Takeover> => takeOver({ ...deps, relayed: () => 0, onFenced: () => {} })

type Row = [what: string, ...values: string[]]
async function measureTakeovers(what: string): Promise<Row> {
  const taken: number[] = []
  let last: Takeover['replayed'] | undefined
  for (let run = 0; run < runs; run++) {
    const fromMs = performance.now()
    last = (await takeoverNow()).replayed
    taken.push(performance.now() - fromMs)
  }
  const { p50, max } = distributionOf(taken)
  return [what, String(last?.records), bytes(last?.bytes ?? 0), `${figure(p50)} ms`, `${figure(max)} ms`]
}

await write(records)
const rows: Row[] = [await measureTakeovers('the whole log')]

const owner = await takeoverNow()
const relay = { relayed: () => owner.memory.sequence, unpublished: () => [] }
const snapshotter = createSnapshotter({ ...deps, ...owner, relay })
const fromMs = performance.now()
await snapshotter.take()
const snapshotMs = performance.now() - fromMs
await snapshotter.take() // the log is purged behind the first one
const names = await deps.snapshots.names()
const size = (await deps.snapshots.get(names[0] ?? ''))?.length ?? 0
rows.push(await measureTakeovers('behind a snapshot, nothing after it'))
await write(recordsAfter)
rows.push(await measureTakeovers(`behind a snapshot, ${recordsAfter} records after it`))

const columns = ['takeover: claim and read', 'records', 'log', 'p50', 'max'].map((title, n) => ({
  title,
  align: n === 0 ? ('left' as const) : ('right' as const),
}))
process.stdout.write(`\n${tableLines(columns, rows).join('\n')}\n`)
process.stdout.write(
  `\nthe snapshot: ${figure(snapshotMs)} ms, ${bytes(size)} in the object store; ${contacts} contacts\n`,
)
