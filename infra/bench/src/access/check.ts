// The key check by itself: the gateway's own function on the gateway's own mirrors, in this process.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createAuthenticate } from '@wagate/gateway/access/authenticate.ts'
import { apiKeyRecord, tenantRecord } from '@wagate/messages/control.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { mirror } from '@wagate/runtime/mirror.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import type { MadeKey } from './fill.ts'

export type CheckFigures = {
  /** µs of one check, over all keys in turn. */
  all: Distribution
  /** The same with a single key, for comparison. */
  one: Distribution
  keys: number
  tenants: number
  /** Heap that the mirrors take, in bytes. */
  heapBytes: number
}

export async function measureCheck(broker: Broker, made: readonly MadeKey[], checks: number): Promise<CheckFigures> {
  const heapBefore = settledHeap()
  const logger = silentLogger()
  const keys = await mirror(await broker.kv('api_keys'), apiKeyRecord, { logger })
  const tenants = await mirror(await broker.kv('tenants'), tenantRecord, { logger })
  await Promise.all([keys.ready, tenants.ready])
  const heapBytes = settledHeap() - heapBefore
  const authenticate = createAuthenticate({
    findKey: keys.get,
    findTenant: tenants.get,
    findMember: () => undefined,
    refreshKey: async () => undefined,
    refreshTenant: async () => undefined,
    refreshMember: async () => undefined,
    findSupportAccess: () => undefined,
    refreshSupportAccess: async () => undefined,
    readToken: async () => undefined,
    noteUse: () => {},
    now: () => new Date(),
  })

  async function measure(headers: readonly string[]): Promise<Distribution> {
    const microseconds = new Float64Array(checks)
    for (let n = -Math.floor(checks / 5); n < checks; n++) {
      const header = headers[Math.abs(n) % headers.length]
      const from = process.hrtime.bigint()
      await authenticate(header, undefined)
      if (n >= 0) microseconds[n] = Number(process.hrtime.bigint() - from) / 1_000
    }
    return distributionOf(microseconds)
  }
  const headers = made.map(({ text }) => `Bearer ${text}`)
  const figures = {
    one: await measure(headers.slice(0, 1)),
    all: await measure(headers),
    ...{ keys: keys.size(), tenants: tenants.size(), heapBytes },
  }
  await Promise.all([keys.stop(), tenants.stop()])
  return figures
}

/** What is in use once everything unused is gone. */
function settledHeap(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}
