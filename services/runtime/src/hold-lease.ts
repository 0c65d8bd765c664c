// One holder at a time does the work; the others wait for the lease to be free.
import { hostname } from 'node:os'
import type { Consumption, KvBucket } from './broker.ts'
import { BrokerUnavailable } from './errors.ts'
import {
  claimLease,
  type Lease,
  type LeaseDeps,
  leaseAction,
  leaseAttemptMs,
  leaseTtlMs,
  releaseLease,
  renewLease,
} from './lease.ts'
import type { Logger } from './logger.ts'
import { pause } from './pause.ts'

export type HoldLeaseOptions = {
  kv: KvBucket
  key: string
  owner: string
  logger: Logger
  /** Runs while the lease is held and must end soon after the signal aborts; then the lease is claimed again. */
  work(signal: AbortSignal): Promise<void>
  /** The TTL of the bucket. Default 20 s. */
  ttlMs?: number
  /** How often a free lease is looked for: expiry tells nobody. Default 1 s, with jitter. */
  scanEveryMs?: number
  host?: string
  now?: () => Date
  monotonicMs?: () => number
  random?: () => number
}

export type HeldLease = {
  isHeld(): boolean
  /** Ends the work, releases the lease and stops claiming. */
  close(): Promise<void>
}

/** Claims, works, renews, and starts again when the lease is lost, until closed. */
export function holdLease(options: HoldLeaseOptions): HeldLease {
  const { kv, key, owner, logger, ttlMs = leaseTtlMs, scanEveryMs = 1_000, random = Math.random } = options
  const monotonicMs = options.monotonicMs ?? (() => performance.now())
  const deps: LeaseDeps = {
    kv,
    owner,
    host: options.host ?? hostname(),
    now: options.now ?? (() => new Date()),
    monotonicMs,
    ttlMs,
  }
  const closing = new AbortController()
  const { signal } = closing
  let lease: Lease | undefined

  const claim = async (): Promise<Lease | undefined> => {
    while (!signal.aborted) {
      const claimed = await claimLease(deps, key).catch((error: unknown) => {
        if (!(error instanceof BrokerUnavailable)) throw error
      })
      if (claimed) return claimed
      await pause(scanEveryMs * (0.8 + 0.4 * random()), signal)
    }
  }

  /** Resolves when the lease is lost, near its end without a renewal, or when we are closing. */
  const keep = async (held: Lease): Promise<void> => {
    lease = held
    while (!signal.aborted && lease) {
      const action = leaseAction(lease, monotonicMs(), ttlMs)
      if (action === 'abandon') return
      if (action === 'renew') {
        const leftMs = ttlMs * 0.7 - (monotonicMs() - lease.renewedAtMs)
        try {
          lease = await renewLease(deps, lease, Math.max(50, Math.min(leaseAttemptMs(ttlMs), leftMs)))
          continue
        } catch (error) {
          if (!(error instanceof BrokerUnavailable)) throw error
        }
      }
      await pause((ttlMs / 20) * (0.8 + 0.4 * random()), signal)
    }
  }

  const run = async () => {
    while (!signal.aborted) {
      try {
        const claimed = await claim()
        if (!claimed) return
        logger.info({ event: 'lease.changed', key, outcome: 'claimed' })
        await workWhileHeld(claimed)
      } catch (error) {
        logger.error({ event: 'lease.failed', key, err: error })
      }
      await pause(scanEveryMs, signal) // others may try, and work that fails at once must not spin
    }
  }

  const workWhileHeld = async (claimed: Lease) => {
    const over = new AbortController()
    lease = claimed
    const working = options.work(over.signal).catch((error: unknown) => {
      logger.error({ event: 'lease.work_failed', key, err: error })
    })
    try {
      // Work that ended by itself gives the lease back as well.
      await Promise.race([keep(claimed), working])
    } finally {
      over.abort()
      await working
      const last = lease
      lease = undefined
      if (last && leaseAction(last, monotonicMs(), ttlMs) !== 'abandon') await releaseLease(deps, last)
      logger.info({ event: 'lease.changed', key, outcome: signal.aborted ? 'released' : 'lost' })
    }
  }

  const running = run()
  return {
    isHeld: () => lease !== undefined,
    async close() {
      closing.abort()
      await running
    },
  }
}

/** The work of a lease that consists of one consumption: open it while the lease is held, close it when it is over. */
export const consumeWhileHeld =
  (open: () => Promise<Consumption>) =>
  async (signal: AbortSignal): Promise<void> => {
    const consumption = await open()
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await consumption.close()
  }
