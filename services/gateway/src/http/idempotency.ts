// Idempotency keys. The first request stores what it will answer before it acts; a repeat finds that, acts again under the
// same ids (broker and worker drop what they have seen) and answers the same.
import { hash } from 'node:crypto'
import { type IdempotencyRecord, idempotencyRecord } from '@wagate/messages/control.ts'
import { encodeEntropy, type IdKind, makeId, ulidOf } from '@wagate/messages/ids.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { KeyExists, WrongLastSequence } from '@wagate/runtime/errors.ts'
import type { Caller } from '../access/authenticate.ts'
import { DomainError } from './problem.ts'

export type IdempotencyStore = Pick<KvBucket, 'create' | 'get' | 'update' | 'delete'>
export type IdempotencyDeps = {
  idempotency: IdempotencyStore
  now: () => Date
  randomBytes: (size: number) => Uint8Array
}
/** `onAccepted` is told when the first request with that key was accepted. */
export type Origin = { route: string; idempotencyKey: string | undefined; onAccepted?: (at: string) => void }

export type Minted = { id: string; createdAt: string }
export type Remembered = {
  /** Of what the request made. */
  id: string
  status: number
  body: unknown
  headers: Readonly<Record<string, string>>
}

/** Marks an answer that was given before. */
export const replayedHeaders: Readonly<Record<string, string>> = { 'idempotent-replayed': 'true' }

/** Whether the answer was given before, and nothing new was accepted. */
export const isReplay = ({ headers }: Pick<Remembered, 'headers'>): boolean => headers === replayedHeaders

const bytes = (record: IdempotencyRecord) => Buffer.from(JSON.stringify(record))

/** Of a body as its schema gives it back, whose members come in the schema's order. */
export const fingerprintOf = (origin: Origin, body: unknown): string =>
  hash('sha256', `${origin.route}\n${JSON.stringify(body) ?? ''}`, 'base64url')

/**
 * The 80 bits that make a request's ids: derived from tenant, mode, route and key, or random without a key. A mode is a
 * world of its own, so a test key and a live key may use the same idempotency key.
 */
export function entropyOf(caller: Caller, origin: Origin, randomBytes: (size: number) => Uint8Array): Uint8Array {
  if (origin.idempotencyKey === undefined) return randomBytes(10)
  return hash(
    'sha256',
    [caller.tenantId, caller.mode, origin.route, origin.idempotencyKey].join('|'),
    'buffer',
  ).subarray(0, 10)
}

/** Key of a record: also found by the id that the request was given. */
export const recordKeyOfId = (tenantId: string, id: string): string => `${tenantId}.${ulidOf(id).slice(-16)}`

export async function findRecord(store: Pick<KvBucket, 'get'>, key: string) {
  const entry = await store.get(key)
  if (!entry) return undefined
  const parsed = parseJson(entry.value, idempotencyRecord, (record) => ({ ok: true as const, record }))
  return parsed.ok ? { record: parsed.record, revision: entry.revision } : undefined
}

export type Accept = {
  kind: IdKind
  body: unknown
  /** Throws why this cannot be accepted now; a repeat is answered all the same. */
  check: () => void | Promise<void>
  answer: (minted: Minted) => { status: number; body: unknown }
  /** Publishes; the same ids must lead to the same messages. */
  act: (minted: Minted) => Promise<void>
  /** Store the record even without a key, so that the id can be found. */
  alwaysRemember?: boolean
}

/** Accepts a request whose ids can be derived: record first, then act. Throws `idempotency-key-reused`. */
export async function acceptOnce(
  deps: IdempotencyDeps,
  caller: Caller,
  origin: Origin,
  accept: Accept,
): Promise<Remembered> {
  const entropy = entropyOf(caller, origin, deps.randomBytes)
  const key = `${caller.tenantId}.${encodeEntropy(entropy)}`
  const keyed = origin.idempotencyKey !== undefined
  const fingerprint = keyed ? fingerprintOf(origin, accept.body) : ''
  try {
    await accept.check()
  } catch (refusal) {
    const known = keyed ? await findRecord(deps.idempotency, key) : undefined
    if (known?.record.fingerprint !== fingerprint) throw refusal
    return replay(known.record, accept, origin)
  }
  const at = deps.now()
  const minted = { id: makeId(accept.kind, at.getTime(), entropy), createdAt: at.toISOString() }
  const answer = accept.answer(minted)
  if (!keyed) {
    await withoutKey(deps, key, accept, minted, answer)
    return { ...answer, id: minted.id, headers: {} }
  }
  const record: IdempotencyRecord = { v: 1, fingerprint, resourceId: minted.id, createdAt: minted.createdAt, ...answer }
  const { earlier } = await createOrFind(deps.idempotency, key, record)
  if (earlier) return replay(sameRequest(earlier.record, fingerprint), accept, origin)
  origin.onAccepted?.(minted.createdAt)
  await accept.act(minted)
  return { ...answer, id: minted.id, headers: {} }
}

/** Nothing to compare with, so record and action go at once; only the action decides whether the request was accepted. */
async function withoutKey(
  deps: IdempotencyDeps,
  key: string,
  accept: Accept,
  minted: Minted,
  answer: { status: number; body: unknown },
): Promise<void> {
  if (!accept.alwaysRemember) return accept.act(minted)
  const record: IdempotencyRecord = {
    v: 1,
    fingerprint: '',
    resourceId: minted.id,
    createdAt: minted.createdAt,
    ...answer,
  }
  const remembered = deps.idempotency.create(key, bytes(record))
  const [acted] = await Promise.allSettled([accept.act(minted), remembered])
  if (acted.status === 'rejected') throw acted.reason
}

async function replay(record: IdempotencyRecord, accept: Accept, origin: Origin): Promise<Remembered> {
  origin.onAccepted?.(record.createdAt)
  await accept.act({ id: record.resourceId, createdAt: record.createdAt })
  return { id: record.resourceId, status: record.status, body: record.body, headers: replayedHeaders }
}

type Found = { record: IdempotencyRecord; revision: number }

/** Stores the record, or finds the one that was there first. */
async function createOrFind(
  store: IdempotencyStore,
  key: string,
  record: IdempotencyRecord,
): Promise<{ revision: number; earlier?: undefined } | { earlier: Found }> {
  try {
    return { revision: await store.create(key, bytes(record)) }
  } catch (error) {
    if (!(error instanceof KeyExists)) throw error
  }
  const earlier = await findRecord(store, key)
  if (earlier) return { earlier }
  throw inProgress() // it expired or was withdrawn this very moment
}

function sameRequest(record: IdempotencyRecord, fingerprint: string): IdempotencyRecord {
  if (record.fingerprint === fingerprint) return record
  throw new DomainError(
    'idempotency-key-reused',
    'This Idempotency-Key was used with another body within the last 24 hours: use a new key for a new request.',
  )
}

const inProgress = () =>
  new DomainError(
    'request-in-progress',
    'A request with this Idempotency-Key is still running: ask again in a second.',
    {
      retryAfterSeconds: 1,
    },
  )

/** A record with this status has no answer yet. */
const pending = 102
const pendingForMs = 60_000

/**
 * Runs an action whose ids cannot be derived at most once per key: record "pending", act, record the answer. A refusal is not
 * remembered. A process that dies in between leaves "pending", which counts for a minute.
 */
export async function runOnce(
  deps: IdempotencyDeps,
  caller: Caller,
  origin: Origin,
  request: {
    body: unknown
    run: () => Promise<{ status: number; body: unknown }>
    /** For answers that hold a secret: how the record keeps the body, and gives it back. */
    seal?: {
      close: (body: unknown) => Promise<unknown> | unknown
      open: (stored: unknown) => Promise<unknown> | unknown
    }
  },
): Promise<Omit<Remembered, 'id'>> {
  if (origin.idempotencyKey === undefined) return { ...(await request.run()), headers: {} }
  const key = `${caller.tenantId}.${encodeEntropy(entropyOf(caller, origin, deps.randomBytes))}`
  const fingerprint = fingerprintOf(origin, request.body)
  const seal = request.seal ?? { close: (body: unknown) => body, open: (stored: unknown) => stored }
  const claim: IdempotencyRecord = {
    v: 1,
    fingerprint,
    resourceId: 'none',
    createdAt: deps.now().toISOString(),
    status: pending,
    body: null,
  }
  const stored = await createOrFind(deps.idempotency, key, claim)
  if (stored.earlier && sameRequest(stored.earlier.record, fingerprint).status !== pending) {
    const { status, body, createdAt } = stored.earlier.record
    origin.onAccepted?.(createdAt)
    return { status, body: await seal.open(body), headers: replayedHeaders }
  }
  origin.onAccepted?.(claim.createdAt)
  const revision = stored.earlier ? await takeOver(deps, key, claim, stored.earlier) : stored.revision
  const answer = await request.run().catch(async (error: unknown) => {
    if (error instanceof DomainError) await deps.idempotency.delete(key, revision)
    throw error
  })
  const record = { ...claim, status: answer.status, body: await seal.close(answer.body) }
  // The action is done: an answer that cannot be stored costs the replay, nothing else.
  await deps.idempotency.update(key, bytes(record), revision).catch(() => undefined)
  return { ...answer, headers: {} }
}

/** A claim whose process died is free after a minute. */
async function takeOver(deps: IdempotencyDeps, key: string, claim: IdempotencyRecord, earlier: Found): Promise<number> {
  if (deps.now().getTime() - Date.parse(earlier.record.createdAt) < pendingForMs) throw inProgress()
  try {
    return await deps.idempotency.update(key, bytes(claim), earlier.revision)
  } catch (error) {
    if (error instanceof WrongLastSequence) throw inProgress()
    throw error
  }
}
