// What the gateway reads from its environment.
import { poolPattern, sharedPool } from '@wagate/messages/pools.ts'
import {
  ConfigError,
  commonEnv,
  type Env,
  flag,
  masterKeyEnv,
  masterKeyOf,
  objectStoreEnv,
  parseEnv,
  positiveInteger,
  proxyNetworksEnv,
} from '@wagate/runtime/config.ts'
import { messageOf } from '@wagate/runtime/errors.ts'
import { z } from 'zod'
import { parseMailFrom, parseSmtpUrl } from './mail/smtp-url.ts'

const poolName = z.string().regex(poolPattern, 'must be up to 32 lower-case letters and digits')

const schema = z.object({
  ...commonEnv,
  /** Role wagate_api. */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
  DATABASE_POOL: positiveInteger.default(10),
  SANDBOX_URL: z.url(),
  SANDBOX_CONTROL_TOKEN: z.string().min(1),
  /** Archives of exports are read there. */
  ...objectStoreEnv,
  /** Where customers reach the API; shown in the OpenAPI document. */
  PUBLIC_URL: z.url(),
  /** Where people open the dashboard: links in mails lead there. `PUBLIC_URL` unless set. */
  DASHBOARD_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The mail server. Without it no mail leaves; all else works. */
  SMTP_URL: z
    .string()
    .superRefine(says((text) => parseSmtpUrl(text, 'required')))
    .optional(),
  /** Who mails are from. */
  MAIL_FROM: z.string().superRefine(says(parseMailFrom)).optional(),
  /** Signs what people's devices hold, and encrypts the secrets of their authenticator apps; the same on every gateway. */
  ACCOUNTS_SECRET: z.string().min(32),
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
  /** How many proxies of ours a request passes, each of which appends to `X-Forwarded-For`. */
  PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  /** What the dashboard proves itself with, so that it is believed for whom it asks; it has the same. Without it nothing is. */
  DASHBOARD_SECRET: z.string().min(16).optional(),
  /** How long the deletion of a tenant can be taken back. */
  DELETION_GRACE_DAYS: positiveInteger.default(30),
  /** How much of the requests that went well and fast is logged: 1 all, 0.1 every tenth. */
  LOG_SAMPLE: z.coerce.number().min(0).max(1).default(1),
})
export type GatewayConfig = ReturnType<typeof loadConfig>

/** Throws `ConfigError`, which names every variable that is wrong. */
export function loadConfig(env: Env) {
  const values = parseEnv(schema, env)
  if (values.SMTP_URL !== undefined && values.MAIL_FROM === undefined)
    throw new ConfigError('configuration: MAIL_FROM is not set, and SMTP_URL is')
  return { ...values, DASHBOARD_URL: values.DASHBOARD_URL ?? values.PUBLIC_URL }
}

/** The mail server and the sender, or undefined. In production a connection must be encrypted unless the URL says otherwise. */
export function mailAccessOf(config: GatewayConfig) {
  const { SMTP_URL, MAIL_FROM, WAGATE_ENV } = config
  if (SMTP_URL === undefined || MAIL_FROM === undefined) return undefined
  const usual = WAGATE_ENV === 'production' ? 'required' : 'optional'
  return { access: parseSmtpUrl(SMTP_URL, usual), from: parseMailFrom(MAIL_FROM) }
}

/** A check by a function that throws what is wrong. */
function says(parse: (text: string) => unknown) {
  return (text: string, context: { addIssue: (message: string) => void }): void => {
    try {
      parse(text)
    } catch (error) {
      context.addIssue(messageOf(error))
    }
  }
}

const adminSchema = schema.pick({ NATS_URL: true, NATS_USER: true, NATS_PASSWORD: true, DATABASE_URL: true })

/** What the operator's command line needs of it. */
export const loadAdminConfig = (env: Env) => parseEnv(adminSchema, env)

const erasureSchema = schema.pick({
  ...{ S3_ENDPOINT: true, S3_REGION: true, S3_BUCKET: true, S3_ACCESS_KEY_ID: true, S3_SECRET_ACCESS_KEY: true },
})

/** What the erasure of a person by command line needs besides. */
export const loadErasureConfig = (env: Env) => parseEnv(erasureSchema, env)

const mailSchema = schema.pick({
  ...{ PUBLIC_URL: true, DASHBOARD_URL: true, SMTP_URL: true },
  ...{ MASTER_KEY: true, MASTER_KEY_ID: true, MASTER_KEYS_OLD: true },
})

/** What the operator's command line needs to leave a mail for the gateways to send. */
export function loadAdminMailConfig(env: Env) {
  const { PUBLIC_URL, DASHBOARD_URL = PUBLIC_URL, SMTP_URL, ...sealing } = parseEnv(mailSchema, env)
  return { dashboardUrl: DASHBOARD_URL, mailLeaves: SMTP_URL !== undefined, masterKey: masterKeyOf(sealing) }
}

const rotationSchema = adminSchema.extend(masterKeyEnv)

/** What the rotation of the master key needs of it. */
export function loadRotationConfig(env: Env) {
  const values = parseEnv(rotationSchema, env)
  return { ...values, master: masterKeyOf(values) }
}
