import {
  brokerAccess,
  commonEnv,
  describeConfig,
  type Env,
  objectStoreAccess,
  objectStoreEnv,
  parseEnv,
  positiveInteger,
} from '@wagate/runtime/config.ts'
import { z } from 'zod'

const schema = z.object({
  ...commonEnv,
  PORT: commonEnv.PORT.default(8084),
  /** Of the role `wagate_keeper`. */
  DATABASE_URL: z.url(),
  /** Where archives go. */
  ...objectStoreEnv,
  /** Jobs that this process works on at once. */
  JOBS_AT_ONCE: positiveInteger.max(50).default(4),
  /** A process that died is replaced after so long. */
  JOB_CLAIM_SECONDS: positiveInteger.min(2).default(60),
  /** How often a tenant's old data are removed. */
  RETENTION_EVERY_MINUTES: positiveInteger.default(1_440),
  /** How long the sessions of a tenant that is erased may take to unlink at WhatsApp. */
  UNLINK_WITHIN_SECONDS: positiveInteger.default(120),
  /** When an erasure looks once more. Longer than a gateway may be cut off from the broker and still serve. */
  ERASURE_SETTLE_SECONDS: positiveInteger.default(3_600),
  /** No plan keeps messages for longer: whole months that are older are dropped. */
  KEEP_AT_MOST_DAYS: positiveInteger.min(31).default(730),
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
    jobsAtOnce: values.JOBS_AT_ONCE,
    claimMs: values.JOB_CLAIM_SECONDS * 1_000,
    unlinkWithinMs: values.UNLINK_WITHIN_SECONDS * 1_000,
    settleMs: values.ERASURE_SETTLE_SECONDS * 1_000,
    retentionEveryMs: values.RETENTION_EVERY_MINUTES * 60_000,
    objects: objectStoreAccess(values),
    keepAtMostDays: values.KEEP_AT_MOST_DAYS,
    nats: brokerAccess(values),
    described: describeConfig(values),
  }
}
export type Config = ReturnType<typeof loadConfig>
