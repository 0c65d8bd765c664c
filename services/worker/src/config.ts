// Configuration of the worker's supervisor and of the engines that it starts with the same environment.
import { randomBytes } from 'node:crypto'
import { availableParallelism, hostname } from 'node:os'
import { poolPattern, sharedPool } from '@wagate/messages/pools.ts'
import { brokerAccess, commonEnv, type Env, parseEnv, positiveInteger } from '@wagate/runtime/config.ts'
import { type MasterKey, parseMasterKey } from '@wagate/runtime/seal.ts'
import { z } from 'zod'

/** `queued@20`: the process is killed when it reaches the step for the 20th time. */
const faultPoint = /^(queued|intent|frame|inbound|relayed)@[1-9]\d*$/

const shared = {
  ...commonEnv,
  /** 32 bytes, base64: wraps the data keys of the session logs. */
  MASTER_KEY: z.base64(),
  MASTER_KEY_ID: z.string().min(1).max(64),
  /** `ws://…/ws/chat` of the sandbox, for sessions in test mode. */
  SANDBOX_WS_URL: z.url(),
  /** WhatsApp's own address when absent. */
  WHATSAPP_WS_URL: z.url().optional(),
  /** Which WhatsApp Web sessions say they are; Baileys' own when absent. */
  WHATSAPP_VERSION: z
    .string()
    .regex(/^\d{1,4}\.\d{1,6}\.\d{1,12}$/, 'must be like 2.3000.1043857760')
    .optional(),
}

const supervisorSchema = z.object({
  ...shared,
  /** Engine processes; one per core unless set. */
  ENGINES: positiveInteger.default(availableParallelism()),
  /** Sessions that this worker should carry; weights its share of the partitions. */
  CAPACITY: positiveInteger.default(1_000),
  /** Comma-separated: the pools whose partitions this worker may host. */
  POOLS: z
    .string()
    .default(sharedPool)
    .transform((list) => [...new Set(list.split(','))])
    .refine((pools) => pools.every((pool) => poolPattern.test(pool)), 'must be pool names, like shared,acme'),
  /** Sessions that log in from one address at once, and how many more a second after that. */
  LOGINS_BURST: positiveInteger.default(50),
  LOGINS_PER_SECOND: positiveInteger.default(50),
  /** Comma-separated: each engine that is started takes the next one. Fault tests only. */
  FAULT_POINTS: z
    .string()
    .transform((list) => list.split(','))
    .refine((points) => points.every((point) => point === 'none' || faultPoint.test(point)), 'must be like queued@20')
    .optional(),
})

const engineSchema = z.object({
  ...shared,
  ENGINE_ID: z.string(),
  FAULT_POINT: z.string().regex(faultPoint).optional(),
})

type BrokerAccess = ReturnType<typeof brokerAccess>

export type SupervisorConfig = ReturnType<typeof loadConfig>

/** @throws ConfigError, naming every variable that is wrong */
export function loadConfig(env: Env) {
  const values = parseEnv(supervisorSchema, env)
  parseMasterKey(values.MASTER_KEY, values.MASTER_KEY_ID)
  return {
    broker: brokerAccess(values),
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    partitions: values.PARTITIONS,
    leaseTtlMs: values.LEASE_TTL_MS,
    engines: values.ENGINES,
    capacity: values.CAPACITY,
    pools: values.POOLS,
    loginPace: { burst: values.LOGINS_BURST, perSecond: values.LOGINS_PER_SECOND },
    workerId: `wrk_${randomBytes(8).toString('hex')}`,
    hostname: hostname(),
    faultPoints: values.FAULT_POINTS ?? [],
  }
}

export type EngineConfig = {
  broker: BrokerAccess
  logLevel: z.infer<typeof engineSchema>['LOG_LEVEL']
  engineId: string
  leaseTtlMs: number
  master: MasterKey
  sandboxUrl: string
  whatsAppUrl: string | undefined
  whatsAppVersion: [number, number, number] | undefined
  fault: { step: string; count: number } | undefined
}

/** @throws ConfigError */
export function loadEngineConfig(env: Env): EngineConfig {
  const values = parseEnv(engineSchema, env)
  const [step, count] = values.FAULT_POINT?.split('@') ?? []
  return {
    broker: brokerAccess(values),
    logLevel: values.LOG_LEVEL,
    engineId: values.ENGINE_ID,
    leaseTtlMs: values.LEASE_TTL_MS,
    master: parseMasterKey(values.MASTER_KEY, values.MASTER_KEY_ID),
    sandboxUrl: values.SANDBOX_WS_URL,
    whatsAppUrl: values.WHATSAPP_WS_URL,
    whatsAppVersion: parseVersion(values.WHATSAPP_VERSION),
    fault: step && count ? { step, count: Number(count) } : undefined,
  }
}

function parseVersion(text: string | undefined): [number, number, number] | undefined {
  const [major, minor, patch] = text?.split('.').map(Number) ?? []
  return major === undefined || minor === undefined || patch === undefined ? undefined : [major, minor, patch]
}
