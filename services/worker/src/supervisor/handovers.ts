// Partitions that change their worker in good order, agreed on through the bucket `handovers`: the next owner reads ahead, the
// holder lets go, and the next owner claims at once. A live lease is never taken; whatever goes wrong here costs time only.
import { type HandoverRecord, handoverRecord } from '@wagate/messages/fleet.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'

export type HandoverDeps = {
  bucket: KvBucket
  workerId: string
  monotonicMs: () => number
  /** Whether this holder gives the partition to that worker; `later`: too much is on the move. */
  mayGive: (partition: string, to: string) => 'yes' | 'later' | 'no'
  /** Whether that worker still belongs to the fleet. */
  isThere: (workerId: string) => boolean
  /** Reads the partition's logs ahead; resolves when that is done. */
  prepare: (partition: string) => Promise<void>
  sessionsOf: (partition: string) => number
  /** Has its engine let go of it and releases the lease; resolves with when the first socket was closed. */
  letGo: (partition: string) => Promise<string | undefined>
  claim: (partition: string) => void
  /** A partition that is to be ours had its first socket closed then. */
  onReleased: (partition: string, closedAt: string) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

type Known = { record: HandoverRecord; revision: number; sinceMs: number }

/** An ask that nobody answered, and reading ahead that takes too long, are given up after this. */
const answerMs = 5_000
const prepareMs = 10_000
/** As in the bucket: what is older is gone, silently. */
const ttlMs = 30_000
/** A refused ask is not repeated before. */
const refusedMs = 10_000

const bytes = (record: HandoverRecord): Uint8Array => Buffer.from(JSON.stringify(record))

export async function watchHandovers(deps: HandoverDeps) {
  const known = new Map<string, Known>()
  const refusedAtMs = new Map<string, number>()
  const letting = new Set<string>()
  /** Ours, and all is done, though the holder's last word on it may still be under way. */
  const finished = new Set<string>()

  const watch = await deps.bucket.watch({
    onEntry: ({ key, value, revision }) => {
      const parsed = value && parseJson(value, handoverRecord, (record) => ({ ok: true as const, record }))
      if (!parsed?.ok) {
        const gone = known.get(key)
        if (gone?.record.to === deps.workerId && gone.record.state === 'asked') refusedAtMs.set(key, deps.monotonicMs())
        known.delete(key)
        return
      }
      known.set(key, { record: parsed.record, revision, sinceMs: deps.monotonicMs() })
      void react(key).catch(() => {})
    },
  })
  await watch.ready

  async function advance(partition: string, change: Partial<HandoverRecord>): Promise<void> {
    const entry = known.get(partition)
    if (!entry) return
    await deps.bucket.update(partition, bytes({ ...entry.record, ...change }), entry.revision).catch(() => {})
  }

  async function cancel(partition: string): Promise<void> {
    const entry = known.get(partition)
    known.delete(partition)
    finished.delete(partition)
    if (entry) await deps.bucket.delete(partition, entry.revision).catch(() => {})
  }

  async function react(partition: string): Promise<void> {
    const entry = known.get(partition)
    if (!entry) return
    const { record } = entry
    if (record.from === deps.workerId) {
      if (record.state === 'asked') await answer(partition, record.to)
      if (record.state === 'ready') await letGo(partition)
    }
    if (record.to !== deps.workerId) return
    if (record.state === 'released') {
      if (record.closedAt) deps.onReleased(partition, record.closedAt)
      if (finished.delete(partition)) await cancel(partition)
    }
    if (record.state === 'agreed') {
      finished.delete(partition)
      await deps.prepare(partition)
      await advance(partition, { state: 'ready' })
    }
  }

  async function answer(partition: string, to: string): Promise<void> {
    const given = deps.mayGive(partition, to)
    if (given === 'yes') await advance(partition, { state: 'agreed', sessions: deps.sessionsOf(partition) })
    if (given === 'no') await cancel(partition)
  }

  async function letGo(partition: string): Promise<void> {
    if (letting.has(partition)) return
    letting.add(partition)
    try {
      const closedAt = await deps.letGo(partition)
      await advance(partition, { state: 'released', ...(closedAt ? { closedAt } : {}) })
    } finally {
      letting.delete(partition)
    }
  }

  const isOurs = ({ record }: Known): boolean => record.from === deps.workerId || record.to === deps.workerId

  /** Agreed on with a worker that is gone: nobody else can be given the partition before that is forgotten. */
  function isOver(partition: string, { record, sinceMs }: Known): boolean {
    if (record.state === 'asked') return false
    if (!deps.isThere(record.from) && finished.has(partition)) return true
    // Others may hear of a handover before they hear of a worker that has just joined.
    const isKnown = record.from === deps.workerId || deps.monotonicMs() - sinceMs > answerMs
    return isKnown && !deps.isThere(record.to)
  }

  return {
    /** Asks its holder for a partition. */
    async ask(partition: string, from: string): Promise<void> {
      const record = { v: 1, partition, from, to: deps.workerId, reason: 'balanced', state: 'asked' } as const
      await deps.bucket.create(partition, bytes(record)).catch(() => {})
    },
    /** Gives a partition of ours to that worker without having been asked. */
    async offer(partition: string, to: string): Promise<void> {
      const agreed = { v: 1, partition, from: deps.workerId, to, reason: 'drained', state: 'agreed' } as const
      const record = { ...agreed, sessions: deps.sessionsOf(partition) }
      const asked = known.get(partition)
      if (asked && asked.record.state !== 'asked') return
      const offered = asked
        ? deps.bucket.update(partition, bytes(record), asked.revision)
        : deps.bucket.create(partition, bytes(record))
      await offered.catch(() => {})
    },
    /** The lease is free: if it is to be ours, it is claimed at once. */
    freed(partition: string): void {
      const entry = known.get(partition)
      if (entry?.record.to === deps.workerId && entry.record.state !== 'asked') deps.claim(partition)
    },
    /** Its sessions are where they belong. */
    async done(partition: string): Promise<void> {
      const record = known.get(partition)?.record
      if (record?.to !== deps.workerId || record.state === 'asked') return
      if (record.state === 'released') await cancel(partition)
      else finished.add(partition)
    },
    /** What takes too long is given up; called about every second. */
    tick(): void {
      for (const [partition, entry] of known) {
        const { record, sinceMs } = entry
        const ageMs = deps.monotonicMs() - sinceMs
        if (ageMs > ttlMs) known.delete(partition)
        else if (isOver(partition, entry)) void cancel(partition)
        else if (!isOurs(entry)) continue
        else if (record.state === 'asked' && record.from === deps.workerId) void answer(partition, record.to)
        else if (record.state === 'asked' && ageMs > answerMs) void cancel(partition)
        else if (record.state === 'agreed' && record.from === deps.workerId && ageMs > prepareMs) {
          deps.log('handover.stalled', { partition, to: record.to })
          // Whoever leaves cannot wait; else it stays.
          if (record.reason === 'drained') void letGo(partition).catch(() => {})
          else void cancel(partition)
        }
      }
      for (const [partition, atMs] of refusedAtMs)
        if (deps.monotonicMs() - atMs > refusedMs) refusedAtMs.delete(partition)
    },
    wasRefused: (partition: string): boolean => refusedAtMs.has(partition),
    find: (partition: string): HandoverRecord | undefined => known.get(partition)?.record,
    all: (): HandoverRecord[] => [...known.values()].map(({ record }) => record),
    isLetting: (partition: string): boolean => letting.has(partition),
    stop: () => watch.stop(),
  }
}
export type Handovers = Awaited<ReturnType<typeof watchHandovers>>
