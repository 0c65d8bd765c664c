import {
  brokerAccess,
  commonEnv,
  describeConfig,
  type Env,
  flag,
  masterKeyEnv,
  masterKeyOf,
  parseEnv,
  positiveInteger,
} from '@wagate/runtime/config.ts'
import { z } from 'zod'

const schema = z.object({
  ...commonEnv,
  PORT: commonEnv.PORT.default(8083),
  /** Of the role `wagate_webhooks`. LISTEN needs a connection of its own: no pooler in transaction mode. */
  DATABASE_URL: z.url(),
  /** Opens the secrets of the endpoints. */
  ...masterKeyEnv,
  /** For development only: plain http, and receivers in private and local networks. */
  ALLOW_PRIVATE_ENDPOINTS: flag.default(false),
  /** Settled deliveries can be listed for this long. */
  WEBHOOK_KEEP_DAYS: positiveInteger.default(30),
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
    master: masterKeyOf(values),
    allowPrivate: values.ALLOW_PRIVATE_ENDPOINTS,
    keepDays: values.WEBHOOK_KEEP_DAYS,
    nats: brokerAccess(values),
    described: describeConfig(values),
  }
}
export type Config = ReturnType<typeof loadConfig>
