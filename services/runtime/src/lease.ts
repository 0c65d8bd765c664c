// A lease is a key in a bucket with a TTL: claimed by create, renewed by update at its revision, released by delete at it.
// It gives liveness, not safety: what must not be done by two at once is fenced where it is done.
import { type LeaseRecord, leaseRecord } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from './broker.ts'
import { BrokerUnavailable, KeyExists, WrongLastSequence } from './errors.ts'

/** `renewedAtMs`: monotonic, taken before the write was sent, so that we never believe in it longer than the broker does. */
export type Lease = { key: string; revision: number; renewedAtMs: number }

/** Longer than a leader election of the broker (4–9 s) plus a renewal; the TTL of the bucket must be the same. */
export const leaseTtlMs = 20_000

/** How long one write may take before it is tried again: 1.5 s of 20 s, and time for a slow disk under a short lease. */
export const leaseAttemptMs = (ttlMs: number): number => Math.max(500, ttlMs * 0.075)

/** `abandon` comes before the key can expire: stop what the lease allows, then claim again. */
export function leaseAction(
  lease: { renewedAtMs: number },
  nowMs: number,
  ttlMs: number,
): 'hold' | 'renew' | 'abandon' {
  const ageMs = nowMs - lease.renewedAtMs
  if (ageMs >= ttlMs * 0.7) return 'abandon' // 14 s of 20 s
  return ageMs >= ttlMs / 5 ? 'renew' : 'hold' // 4 s of 20 s
}

export type LeaseDeps = {
  kv: KvBucket
  /** This process, unique among all that ever ran: its key is recognised by it after a write without an answer. */
  owner: string
  host: string
  now: () => Date
  /** Milliseconds that never jump. */
  monotonicMs: () => number
  /** Of the bucket. Default 20 s. */
  ttlMs?: number
}

const attemptMsOf = ({ ttlMs = leaseTtlMs }: LeaseDeps): number => leaseAttemptMs(ttlMs)

/** Takes the lease if it is free; undefined when somebody holds it. @throws BrokerUnavailable */
export async function claimLease(deps: LeaseDeps, key: string): Promise<Lease | undefined> {
  const renewedAtMs = deps.monotonicMs()
  try {
    const revision = await deps.kv.create(key, record(deps), { timeoutMs: attemptMsOf(deps) })
    return { key, revision, renewedAtMs }
  } catch (error) {
    if (!(error instanceof KeyExists)) throw error
    return adopt(deps, key, renewedAtMs)
  }
}

/** A lease with a later deadline, or undefined when it is lost. @throws BrokerUnavailable, when it is not known: try again */
export async function renewLease(
  deps: LeaseDeps,
  lease: Lease,
  timeoutMs = attemptMsOf(deps),
): Promise<Lease | undefined> {
  const renewedAtMs = deps.monotonicMs()
  try {
    const revision = await deps.kv.update(lease.key, record(deps), lease.revision, { timeoutMs })
    return { ...lease, revision, renewedAtMs }
  } catch (error) {
    if (!(error instanceof WrongLastSequence)) throw error
    return adopt(deps, lease.key, renewedAtMs)
  }
}

/** Lets others claim it at once. A lease that is no longer ours, or a broker that is away, is left to expire. */
export async function releaseLease(deps: Pick<LeaseDeps, 'kv'>, lease: Lease): Promise<void> {
  await deps.kv.delete(lease.key, lease.revision).catch((error: unknown) => {
    if (!(error instanceof WrongLastSequence) && !(error instanceof BrokerUnavailable)) throw error
  })
}

/** An earlier write of ours may have been stored without an answer. The read only finds the revision; the write decides. */
async function adopt(deps: LeaseDeps, key: string, renewedAtMs: number): Promise<Lease | undefined> {
  const found = await deps.kv.get(key)
  if (!found || ownerOf(found.value) !== deps.owner) return undefined
  try {
    const revision = await deps.kv.update(key, record(deps), found.revision, { timeoutMs: attemptMsOf(deps) })
    return { key, revision, renewedAtMs }
  } catch (error) {
    if (error instanceof WrongLastSequence) return undefined
    throw error
  }
}

const record = (deps: LeaseDeps): Uint8Array => {
  const value: LeaseRecord = { v: 1, owner: deps.owner, host: deps.host, since: deps.now().toISOString() }
  return new TextEncoder().encode(JSON.stringify(value))
}

function ownerOf(value: Uint8Array): string | undefined {
  const parsed = parseJson(value, leaseRecord, (lease) => ({ ok: true as const, lease }))
  return parsed.ok ? parsed.lease.owner : undefined
}
