// Configuration of the worker's supervisor and of the engines that it starts with the same environment.
import { randomBytes } from 'node:crypto'
import { availableParallelism, hostname } from 'node:os'
import { poolPattern, sharedPool } from '@wagate/messages/pools.ts'
import {
  brokerAccess,
  ConfigError,
  commonEnv,
  type Env,
  masterKeyEnv,
  masterKeyOf,
  objectStoreAccess,
  objectStoreEnv,
  parseEnv,
  positiveInteger,
  proxyNetworksEnv,
  proxyPolicyOf,
} from '@wagate/runtime/config.ts'
import type { ObjectStoreOptions } from '@wagate/runtime/object-store.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import { z } from 'zod'
import { engineFaultEnv, type FaultPoint, faultEnv, faultsForbidden } from './faults.ts'
import { type SnapshotRule, snapshotRule } from './log/snapshot-schedule.ts'

const shared = {
  ...commonEnv,
  /** Wraps the data keys of the session logs. */
  ...masterKeyEnv,
  /** `ws://…/ws/chat` of the sandbox, for sessions in test mode. */
  SANDBOX_WS_URL: z.url(),
  /** WhatsApp's own address when absent. */
  WHATSAPP_WS_URL: z.url().optional(),
  /** Which WhatsApp Web sessions say they are; Baileys' own when absent. */
  WHATSAPP_VERSION: z
    .string()
    .regex(/^\d{1,4}\.\d{1,6}\.\d{1,12}$/, 'must be like 2.3000.1043857760')
    .optional(),
  /** Where customers' proxies may be, besides public addresses. */
  ...proxyNetworksEnv,
  /** Where snapshots of session logs go. The worker runs without it; the logs then grow. */
  ...objectStoreEnv,
  /** A session's snapshot is due after so many records, or when a change is so old. */
  SNAPSHOT_AFTER_RECORDS: positiveInteger.default(500),
  SNAPSHOT_AFTER_MINUTES: positiveInteger.default(30),
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
  ...faultEnv,
})

const engineSchema = z.object({
  ...shared,
  ENGINE_ID: z.string(),
  ...engineFaultEnv,
})

type BrokerAccess = ReturnType<typeof brokerAccess>

export type SupervisorConfig = ReturnType<typeof loadConfig>

/** @throws ConfigError, naming every variable that is wrong */
export function loadConfig(env: Env) {
  const values = parseEnv(supervisorSchema, env)
  refuseFaults(values, values.FAULT_POINTS ?? values.FAULT_POISON)
  masterKeyOf(values)
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
  /** Whether a customer's proxy may be at that address. */
  mayBeProxy: (address: string) => boolean
  objects: ObjectStoreOptions
  snapshots: SnapshotRule
  fault: FaultPoint | undefined
  poisons: string[]
}

/** @throws ConfigError */
export function loadEngineConfig(env: Env): EngineConfig {
  const values = parseEnv(engineSchema, env)
  refuseFaults(values, values.FAULT_POINT ?? values.FAULT_POISON)
  const [step, count] = values.FAULT_POINT?.split('@') ?? []
  return {
    broker: brokerAccess(values),
    logLevel: values.LOG_LEVEL,
    engineId: values.ENGINE_ID,
    leaseTtlMs: values.LEASE_TTL_MS,
    master: masterKeyOf(values),
    sandboxUrl: values.SANDBOX_WS_URL,
    whatsAppUrl: values.WHATSAPP_WS_URL,
    mayBeProxy: proxyPolicyOf(values),
    whatsAppVersion: parseVersion(values.WHATSAPP_VERSION),
    objects: objectStoreAccess(values),
    snapshots: snapshotRule(values.SNAPSHOT_AFTER_RECORDS, values.SNAPSHOT_AFTER_MINUTES),
    fault: step && count ? { step, count: Number(count) } : undefined,
    poisons: values.FAULT_POISON ?? [],
  }
}

/** @throws ConfigError when a fault is named where somebody may be served */
function refuseFaults({ WAGATE_ENV, NATS_URL }: { WAGATE_ENV: string; NATS_URL: string }, fault: unknown): void {
  const forbidden = fault === undefined ? undefined : faultsForbidden(WAGATE_ENV, NATS_URL.split(','))
  if (forbidden) throw new ConfigError(`configuration: FAULT_POINTS or FAULT_POISON ${forbidden}`)
}

function parseVersion(text: string | undefined): [number, number, number] | undefined {
  const [major, minor, patch] = text?.split('.').map(Number) ?? []
  return major === undefined || minor === undefined || patch === undefined ? undefined : [major, minor, patch]
}

const rotationSchema = z.object({
  ...masterKeyEnv,
  NATS_URL: commonEnv.NATS_URL,
  NATS_USER: commonEnv.NATS_USER,
  NATS_PASSWORD: commonEnv.NATS_PASSWORD,
})

/** What the rotation of the master key needs of it. @throws ConfigError */
export function loadRotationConfig(env: Env) {
  const values = parseEnv(rotationSchema, env)
  return { broker: brokerAccess(values), master: masterKeyOf(values) }
}
