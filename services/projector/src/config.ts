import { brokerAccess, commonEnv, describeConfig, type Env, parseEnv, positiveInteger } from '@wagate/runtime/config.ts'
import { z } from 'zod'

const schema = z.object({
  ...commonEnv,
  PORT: commonEnv.PORT.default(8082),
  /** Of the role `wagate_projector`. */
  DATABASE_URL: z.url(),
  /** Events of one shard in one transaction, at most. */
  PROJECTOR_BATCH: positiveInteger.max(1_000).default(500),
  /** How long a transaction waits for more events to share it. Views are later by this much, and cheaper. */
  PROJECTOR_GATHER_MS: z.coerce.number().int().min(0).max(1_000).default(40),
})

/** @throws ConfigError, naming every variable that is wrong */
export function loadConfig(env: Env) {
  const values = parseEnv(schema, env)
  return {
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    partitions: values.PARTITIONS,
    leaseTtlMs: values.LEASE_TTL_MS,
    databaseUrl: values.DATABASE_URL,
    batch: values.PROJECTOR_BATCH,
    gatherMs: values.PROJECTOR_GATHER_MS,
    nats: brokerAccess(values),
    described: describeConfig(values),
  }
}
export const loadVerifyConfig = (env: Env) => ({
  databaseUrl: parseEnv(schema.pick({ DATABASE_URL: true }), env).DATABASE_URL,
})
export type Config = ReturnType<typeof loadConfig>
