// What the gateway reads from its environment.
import { poolPattern, sharedPool } from '@wagate/messages/pools.ts'
import {
  commonEnv,
  type Env,
  flag,
  masterKeyEnv,
  masterKeyOf,
  parseEnv,
  positiveInteger,
  proxyNetworksEnv,
} from '@wagate/runtime/config.ts'
import { z } from 'zod'

const poolName = z.string().regex(poolPattern, 'must be up to 32 lower-case letters and digits')

const schema = z.object({
  ...commonEnv,
  /** Role wagate_api. */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
  DATABASE_POOL: positiveInteger.default(10),
  SANDBOX_URL: z.url(),
  SANDBOX_CONTROL_TOKEN: z.string().min(1),
  /** Where customers reach the API; shown in the OpenAPI document. */
  PUBLIC_URL: z.url(),
  /** Signs cursors; the same on every gateway. */
  CURSOR_SECRET: z.string().min(16),
  /** Seals webhook secrets. The webhooks service has the same. */
  ...masterKeyEnv,
  /** Webhooks to plain http and private addresses: development only. */
  ALLOW_PRIVATE_ENDPOINTS: flag.default(false),
  /** Where customers' proxies may be, besides public addresses: the workers' setting. */
  ...proxyNetworksEnv,
  /** Per API key and gateway. */
  RATE_LIMIT_PER_SECOND: positiveInteger.default(500),
  RATE_LIMIT_BURST: positiveInteger.default(1_000),
  MAX_STREAMS_PER_TENANT: positiveInteger.default(50),
  /** Which pool hosts the sessions of accounts on BASIC and on PRO; its workers' CAPACITY is its density. */
  POOL_BASIC: poolName.default(sharedPool),
  POOL_PRO: poolName.default(sharedPool),
  /** How much of the requests that went well and fast is logged: 1 all, 0.1 every tenth. */
  LOG_SAMPLE: z.coerce.number().min(0).max(1).default(1),
})
export type GatewayConfig = z.infer<typeof schema>

/** Throws `ConfigError`, which names every variable that is wrong. */
export const loadConfig = (env: Env): GatewayConfig => parseEnv(schema, env)

const adminSchema = schema.pick({ NATS_URL: true, NATS_USER: true, NATS_PASSWORD: true, DATABASE_URL: true })

/** What the operator's command line needs of it. */
export const loadAdminConfig = (env: Env) => parseEnv(adminSchema, env)

const rotationSchema = adminSchema.extend(masterKeyEnv)

/** What the rotation of the master key needs of it. */
export function loadRotationConfig(env: Env) {
  const values = parseEnv(rotationSchema, env)
  return { ...values, master: masterKeyOf(values) }
}
