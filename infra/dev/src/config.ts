import { at } from './paths.ts'
import { type ComponentName, components } from './stack/components.ts'
import type { Ports } from './stack/ports.ts'

export type StackConfig = {
  /** Data, logs, secrets and the state file. */
  dir: string
  /** Wanted ports by component; a taken one is replaced by a free one. */
  ports: Partial<Ports>
  /** Shared partitions; fixed once the streams exist. */
  partitions: number
  /** Variables handed to the services as they are, when set: tuning that the stack does not decide. */
  passedOn: Record<string, string>
  /** Only these components, from `s=gateway,worker`. */
  only: ComponentName[] | undefined
}

const portVariable = (name: string): string => (name === 'monitor' ? 'NATS_MONITOR_PORT' : `${name.toUpperCase()}_PORT`)

const passedOn = [
  ...['LOG_LEVEL', 'LOG_SAMPLE', 'LEASE_TTL_MS', 'ENGINES', 'CAPACITY', 'POOLS', 'DATABASE_POOL'],
  ...['WHATSAPP_WS_URL', 'WHATSAPP_VERSION', 'LOGINS_BURST', 'LOGINS_PER_SECOND', 'SANDBOX_STATE_FILE'],
  ...['PUBLIC_URL', 'PROXY_HOPS', 'PROXY_NETWORKS'],
  ...['RATE_LIMIT_PER_SECOND', 'RATE_LIMIT_BURST', 'MAX_STREAMS_PER_TENANT', 'POOL_BASIC', 'POOL_PRO'],
  ...['SMTP_URL', 'MAIL_FROM', 'DASHBOARD_URL', 'API_URL'],
  ...[
    'PROJECTOR_BATCH',
    'PROJECTOR_GATHER_MS',
    'WEBHOOK_KEEP_DAYS',
    'SNAPSHOT_AFTER_RECORDS',
    'SNAPSHOT_AFTER_MINUTES',
    'JOBS_AT_ONCE',
    'JOB_CLAIM_SECONDS',
    'RETENTION_EVERY_MINUTES',
    'KEEP_AT_MOST_DAYS',
    'UNLINK_WITHIN_SECONDS',
    'ERASURE_SETTLE_SECONDS',
    'DELETION_GRACE_DAYS',
  ],
]

/** Reads the environment of `make`; one error names every variable that cannot be used. */
export function loadConfig(env: NodeJS.ProcessEnv): StackConfig {
  const bad: string[] = []
  const number = (name: string, low: number, high: number): number | undefined => {
    const text = env[name]
    if (text === undefined || text === '') return undefined
    const value = Number(text)
    if (Number.isInteger(value) && value >= low && value <= high) return value
    bad.push(`${name}=${text} must be a whole number from ${low} to ${high}`)
    return undefined
  }
  const names = components.map(({ name }) => name)
  const isComponent = (text: string): text is ComponentName => names.some((name) => name === text)
  const wanted = env.s ? env.s.split(',') : undefined
  for (const name of wanted ?? []) if (!isComponent(name)) bad.push(`s=${name} must be one of ${names.join(', ')}`)

  const config: StackConfig = {
    dir: env.WAGATE_DATA_DIR ? at(env.WAGATE_DATA_DIR) : at('.data'),
    ports: Object.fromEntries(
      [...names, 'monitor', 'smtp'].flatMap((name) => {
        const port = number(portVariable(name), 1, 65_535)
        return port === undefined ? [] : [[name, port]]
      }),
    ),
    partitions: number('PARTITIONS', 1, 1_024) ?? 64,
    passedOn: Object.fromEntries(passedOn.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    only: wanted?.filter(isComponent),
  }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
