// `make streams`: brings the broker to the declared layout and says so. Running it again changes nothing.
import { connectBroker } from '@wagate/runtime/broker.ts'
import { brokerAccess, commonEnv, type Env, parseEnv, positiveInteger } from '@wagate/runtime/config.ts'
import { NotProvisioned } from '@wagate/runtime/errors.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { z } from 'zod'

const schema = z.object({
  NATS_URL: commonEnv.NATS_URL,
  NATS_USER: z.string().default('provisioner'),
  NATS_PASSWORD: z.string().optional(),
  PARTITIONS: commonEnv.PARTITIONS,
  LEASE_TTL_MS: commonEnv.LEASE_TTL_MS,
  /** 3 in production, where the broker is a cluster. Unset: as many as there are. */
  REPLICAS: positiveInteger.refine((count) => count === 1 || count === 3, 'must be 1 or 3').optional(),
})

/** A cluster lists a consumer a moment after it has said that it is made. */
const listedWithinMs = 15_000

async function listed(check: () => Promise<void>): Promise<void> {
  const deadlineMs = performance.now() + listedWithinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (!(error instanceof NotProvisioned) || performance.now() > deadlineMs) throw error
      await pause(250)
    }
  }
}

async function main(env: Env): Promise<void> {
  const config = parseEnv(schema, env)
  const broker = await connectBroker({
    ...brokerAccess(config),
    name: 'provision',
    logger: createLogger({ service: 'provision', level: 'warn' }),
  })
  try {
    const leaseTtlMs = config.LEASE_TTL_MS
    const { REPLICAS: replicas } = config
    await broker.provision(config.PARTITIONS, { leaseTtlMs, ...(replicas === undefined ? {} : { replicas }) })
    await listed(() => broker.check(config.PARTITIONS, { leaseTtlMs }))
    console.log(`streams, buckets and consumers are in place for ${config.PARTITIONS} partitions`)
  } finally {
    await broker.drain()
  }
}

await main(process.env).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
