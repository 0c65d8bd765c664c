// Environment → typed configuration. One message names every variable that is wrong; values are never quoted.
import { z } from 'zod'
import { isNetworks, isPublic, isWithin, parseNetworks } from './address.ts'
import { type MasterKey, parseMasterKey } from './seal.ts'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Env = Readonly<Record<string, string | undefined>>

/** Building blocks for a service's schema, whose keys are the variables' names. */
export const port = z.coerce.number().int().min(0).max(65_535)
export const positiveInteger = z.coerce.number().int().positive()
/** `true`, `1`, `false` or `0`. */
export const flag = z.enum(['true', '1', 'false', '0']).transform((word) => word === 'true' || word === '1')
/** What every service reads. `HOST` and `PORT`: the API for the gateway, health and metrics for the others. */
export const commonEnv = {
  WAGATE_ENV: z.enum(['embedded', 'production']).default('embedded'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NATS_URL: z.string().regex(/^(nats|tls|wss?):\/\//, 'must start with nats:// or tls://'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port,
  /** Fixed when the broker was provisioned. */
  PARTITIONS: positiveInteger.default(64),
  /** How long a lease outlives its last renewal, as provisioned; shorter than 20 s in fault tests only. */
  LEASE_TTL_MS: positiveInteger.min(2_000).default(20_000),
}

/** How to reach the broker, from the variables above; several servers are separated by commas. */
export const brokerAccess = (env: {
  NATS_URL: string
  NATS_USER?: string | undefined
  NATS_PASSWORD?: string | undefined
}): { servers: string[]; user?: string; password?: string } => ({
  servers: env.NATS_URL.split(','),
  ...(env.NATS_USER === undefined ? {} : { user: env.NATS_USER }),
  ...(env.NATS_PASSWORD === undefined ? {} : { password: env.NATS_PASSWORD }),
})

/** Of the key that seals secrets at rest; spread into the schema of each service that seals or opens them. */
export const masterKeyEnv = {
  MASTER_KEY: z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be base64 of 32 bytes'),
  MASTER_KEY_ID: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, _ and -'),
  /** Earlier ones, that still open what they sealed: `id:base64`, several with commas. */
  MASTER_KEYS_OLD: z
    .string()
    .refine(
      (list) => list.split(',').every((entry) => /^\s*[A-Za-z0-9_-]{1,64}:[A-Za-z0-9+/]{43}=\s*$/.test(entry)),
      'must be id:base64 of 32 bytes, several with commas',
    )
    .optional(),
}

/** @throws RangeError when two of them have the same id */
export const masterKeyOf = (env: {
  MASTER_KEY: string
  MASTER_KEY_ID: string
  MASTER_KEYS_OLD?: string | undefined
}): MasterKey => parseMasterKey(env.MASTER_KEY, env.MASTER_KEY_ID, env.MASTER_KEYS_OLD)

/** Networks of the inside that customers' proxies may be in; spread into the schema of a service that checks or dials them. */
export const proxyNetworksEnv = {
  PROXY_NETWORKS: z
    .string()
    .refine(isNetworks, 'must be networks, several with commas, like 10.20.0.0/16,::1/128')
    .optional(),
}

/** Whether a customer's proxy may be at that address: a public one, or one in those networks. */
export function proxyPolicyOf({ PROXY_NETWORKS }: { PROXY_NETWORKS?: string | undefined }) {
  const networks = PROXY_NETWORKS === undefined ? [] : parseNetworks(PROXY_NETWORKS)
  return (address: string): boolean => isPublic(address) || isWithin(address, networks)
}

/** Of the object store; spread into the schema of a service that uses it. */
export const objectStoreEnv = {
  S3_ENDPOINT: z.url(),
  S3_BUCKET: z.string().min(1),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  S3_REGION: z.string().default('us-east-1'),
}

/** How to reach the object store, from the variables above. */
export const objectStoreAccess = (env: {
  S3_ENDPOINT: string
  S3_BUCKET: string
  S3_ACCESS_KEY_ID: string
  S3_SECRET_ACCESS_KEY: string
  S3_REGION: string
}) => ({
  endpoint: env.S3_ENDPOINT,
  bucket: env.S3_BUCKET,
  region: env.S3_REGION,
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY,
})

/**
 * Parses the variables that the schema names; an empty one counts as unset.
 * @throws ConfigError
 */
export function parseEnv<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, env: Env) {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) =>
      env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]],
    ),
  )
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '(all)')
    return `${name} ${name in given ? issue.message : 'is not set'}`
  })
  throw new ConfigError(`configuration: ${problems.join('; ')}`)
}

const secretName = /(PASSWORD|SECRET|TOKEN|KEY|KEYS_OLD|DATABASE_URL)$/i

/** For the log line at start: secrets, byte arrays and URLs with a password become `set` or `unset`. */
export function describeConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, isSecret(name, value) ? (value ? 'set' : 'unset') : value]),
  )
}

function isSecret(name: string, value: unknown): boolean {
  if (secretName.test(name) || value instanceof Uint8Array) return true
  return typeof value === 'string' && URL.canParse(value) && new URL(value).password !== ''
}
