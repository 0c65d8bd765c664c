// The stack as data: what runs, on which port, after what, and with which environment.
import type { Secrets } from './secrets.ts'

export type ServerName = 'nats' | 'postgres' | 's3' | 'mail'
export type ServiceName = 'sandbox' | 'gateway' | 'worker' | 'projector' | 'webhooks' | 'scheduler' | 'ui'
export type ComponentName = ServerName | ServiceName

/** Done before the services that need it: tables and streams, once their server answers, and the pages of the dashboard. */
export type Preparation = 'migrations' | 'streams' | 'pages'

/** Everything a service's environment is made of. */
export type Wiring = {
  /** `monitor`: NATS over HTTP, for `/varz` and `/jsz`. `smtp`: where the mail server takes mail; `mail` is its page. */
  port: Record<ComponentName | 'monitor' | 'smtp', number>
  secrets: Secrets
  partitions: number
  passedOn: Record<string, string>
}

type Base = { port: number; after: readonly (ComponentName | Preparation)[] }
export type ServerSpec = Base & { kind: 'server'; name: ServerName }
export type ServiceSpec = Base & {
  kind: 'service'
  name: ServiceName
  main: string
  env: (wiring: Wiring) => Environment
}
export type Component = ServerSpec | ServiceSpec
export type Environment = Record<string, string>

const httpUrl = (port: number) => `http://127.0.0.1:${port}`

export const bucket = 'wagate'
export const database = 'wagate'

const broker = (user: keyof Secrets['nats'], { port, secrets, partitions }: Wiring): Environment => ({
  NATS_URL: `nats://127.0.0.1:${port.nats}`,
  NATS_USER: user,
  NATS_PASSWORD: secrets.nats[user],
  PARTITIONS: String(partitions),
})

const databaseAs = (role: keyof Secrets['roles'], { port, secrets }: Wiring): Environment => ({
  DATABASE_URL: `postgres://${role}:${secrets.roles[role]}@127.0.0.1:${port.postgres}/${database}`,
})

const objects = ({ port }: Wiring): Environment => ({
  S3_ENDPOINT: httpUrl(port.s3),
  S3_BUCKET: bucket,
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY_ID: 'S3RVER', // the only pair that s3rver knows
  S3_SECRET_ACCESS_KEY: 'S3RVER',
})

const masterKey = ({ secrets }: Wiring): Environment => ({
  MASTER_KEY: secrets.masterKey,
  MASTER_KEY_ID: secrets.masterKeyId,
  MASTER_KEYS_OLD: secrets.masterKeysOld,
})

/** A proxy in front of a development stack's sandbox listens on the loopback interface. */
const proxyNetworks = { PROXY_NETWORKS: '127.0.0.0/8,::1/128' }

export const components: readonly Component[] = [
  { kind: 'server', name: 'nats', port: 4222, after: [] },
  { kind: 'server', name: 'postgres', port: 5433, after: [] },
  { kind: 'server', name: 's3', port: 9000, after: [] },
  { kind: 'server', name: 'mail', port: 8025, after: [] },
  {
    kind: 'service',
    name: 'sandbox',
    main: 'services/sandbox/src/main.ts',
    port: 8090,
    after: [],
    env: ({ port, secrets }) => ({
      SANDBOX_HOST: '127.0.0.1',
      SANDBOX_PORT: String(port.sandbox),
      SANDBOX_CONTROL_TOKEN: secrets.sandboxControlToken,
    }),
  },
  {
    kind: 'service',
    name: 'gateway',
    main: 'services/gateway/src/main.ts',
    port: 8080,
    after: ['streams', 'migrations', 'mail'],
    env: (wiring) => ({
      ...broker('gateway', wiring),
      ...databaseAs('wagate_api', wiring),
      SMTP_URL: `smtp://127.0.0.1:${wiring.port.smtp}`,
      MAIL_FROM: 'Wagate <no-reply@wagate.example>',
      ...objects(wiring),
      ...masterKey(wiring),
      SANDBOX_URL: httpUrl(wiring.port.sandbox),
      SANDBOX_CONTROL_TOKEN: wiring.secrets.sandboxControlToken,
      PUBLIC_URL: httpUrl(wiring.port.gateway),
      DASHBOARD_URL: httpUrl(wiring.port.ui),
      DASHBOARD_SECRET: wiring.secrets.dashboardSecret,
      CURSOR_SECRET: wiring.secrets.cursorSecret,
      ACCOUNTS_SECRET: wiring.secrets.accountsSecret,
      ...proxyNetworks,
      ALLOW_PRIVATE_ENDPOINTS: 'true',
    }),
  },
  {
    kind: 'service',
    name: 'worker',
    main: 'services/worker/src/main.ts',
    port: 8081,
    after: ['streams', 's3', 'sandbox'],
    env: (wiring) => ({
      ...broker('worker', wiring),
      ...objects(wiring),
      ...masterKey(wiring),
      ...proxyNetworks,
      SANDBOX_WS_URL: `ws://127.0.0.1:${wiring.port.sandbox}/ws/chat`,
    }),
  },
  {
    kind: 'service',
    name: 'projector',
    main: 'services/projector/src/main.ts',
    port: 8082,
    after: ['streams', 'migrations'],
    env: (wiring) => ({ ...broker('projector', wiring), ...databaseAs('wagate_projector', wiring) }),
  },
  {
    kind: 'service',
    name: 'webhooks',
    main: 'services/webhooks/src/main.ts',
    port: 8083,
    after: ['streams', 'migrations'],
    env: (wiring) => ({
      ...broker('webhooks', wiring),
      ...databaseAs('wagate_webhooks', wiring),
      ...masterKey(wiring),
      ALLOW_PRIVATE_ENDPOINTS: 'true', // receivers of a development stack listen on the loopback interface
    }),
  },
  {
    kind: 'service',
    name: 'scheduler',
    main: 'services/scheduler/src/main.ts',
    port: 8084,
    after: ['streams', 'migrations', 's3'],
    env: (wiring) => ({
      ...broker('scheduler', wiring),
      ...databaseAs('wagate_keeper', wiring),
      ...objects(wiring),
    }),
  },
  {
    kind: 'service',
    name: 'ui',
    main: 'ui/main.ts',
    port: 3000,
    after: ['pages', 'gateway'],
    env: ({ port, secrets }) => ({
      GATEWAY_URL: httpUrl(port.gateway),
      DASHBOARD_URL: httpUrl(port.ui),
      DASHBOARD_SECRET: secrets.dashboardSecret,
    }),
  },
]

/** The complete environment of a service, or of a command line that belongs to it. */
export function environmentOf(name: ServiceName, wiring: Wiring): Environment {
  const spec = components.find((component) => component.name === name)
  if (spec?.kind !== 'service') throw new Error(`${name} is not a service`)
  return {
    WAGATE_ENV: 'embedded',
    HOST: '127.0.0.1',
    PORT: String(wiring.port[name]),
    ...spec.env(wiring),
    ...wiring.passedOn,
  }
}

/** The provisioner's environment: it may create streams, buckets and consumers. */
export const provisionerEnvironment = (wiring: Wiring): Environment => ({
  WAGATE_ENV: 'embedded',
  ...broker('provisioner', wiring),
  ...wiring.passedOn,
})

/** Where a component is reached, for people and for tests. Carries no password. */
export function urlOf(name: ComponentName, port: number): string {
  if (name === 'nats') return `nats://127.0.0.1:${port}`
  if (name === 'postgres') return `postgres://127.0.0.1:${port}/${database}`
  return httpUrl(port)
}
