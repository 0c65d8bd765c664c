// How each component is started and how one knows that it serves.
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { databaseUrl, ensureDatabase, ensureRoles, migrate } from '../database.ts'
import { at } from '../paths.ts'
import { greets, startNatsServer } from '../servers/nats.ts'
import { answers, startPostgresServer } from '../servers/postgres.ts'
import { runProgram, startProgram } from '../servers/process.ts'
import {
  bucket,
  type Component,
  database,
  environmentOf,
  type Preparation,
  provisionerEnvironment,
  type Wiring,
} from './components.ts'
import { buildPages } from './pages.ts'

export type StartOptions = {
  dir: string
  wiring: Wiring
  /** Detached components outlive the launcher (`make up`); attached ones end with it (tests). */
  detached: boolean
  onSpawned: (pid: number) => void
}

export const logFile = (dir: string, name: string): string => join(dir, 'logs', `${name}.log`)

/** Starts one component and resolves once it serves. */
export async function start(component: Component, options: StartOptions): Promise<void> {
  const { dir, wiring, detached, onSpawned } = options
  const log = logFile(dir, component.name)
  keepOneOldLog(log)
  const port = wiring.port[component.name]
  const common = { port, logFile: log, detached, onSpawned }
  switch (component.name) {
    case 'nats':
      await startNatsServer({
        ...common,
        dir: join(dir, 'nats'),
        monitorPort: wiring.port.monitor,
        config: { kind: 'repository', passwords: wiring.secrets.nats },
      })
      return
    case 'postgres':
      await startPostgresServer({ ...common, dir: join(dir, 'postgres'), password: wiring.secrets.postgresPassword })
      return
    case 's3':
      await startNode('s3', at('infra/dev/src/s3/main.ts'), {
        S3_DIR: join(dir, 's3'),
        S3_PORT: String(port),
        S3_BUCKETS: bucket,
      })
      return
    case 'mail':
      await startNode('mail', at('infra/dev/src/mail/main.ts'), {
        MAIL_PORT: String(port),
        SMTP_PORT: String(wiring.port.smtp),
      })
      return
    default:
      await startNode(component.name, at(component.main), environmentOf(component.name, wiring))
  }

  async function startNode(name: string, main: string, env: Record<string, string>): Promise<void> {
    const isReady = () => serves(component, wiring)
    await startProgram({
      name,
      command: process.execPath,
      args: [main],
      cwd: at('.'),
      env,
      logFile: log,
      detached,
      onSpawned,
      isReady,
    })
  }
}

/** True if the component serves now. */
export async function serves(component: Component, wiring: Wiring): Promise<boolean> {
  const port = wiring.port[component.name]
  switch (component.name) {
    case 'nats':
      return greets(port)
    case 'postgres':
      return answers(adminUrl(wiring))
    case 's3':
      return fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) }).then(
        () => true,
        () => false,
      )
    default:
      return fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
        (answer) => answer.ok,
        () => false,
      )
  }
}

/** What the services expect to find: tables and roles, streams and buckets, pages. Safe to repeat. */
export async function prepare(what: Preparation, { dir, wiring }: { dir: string; wiring: Wiring }): Promise<void> {
  if (what === 'migrations') {
    const admin = adminUrl(wiring)
    await ensureRoles(admin, wiring.secrets.roles)
    await ensureDatabase(admin, database)
    await migrate(databaseUrl(admin, database, { role: 'wagate_owner', password: wiring.secrets.roles.wagate_owner }))
    return
  }
  if (what === 'pages') {
    await buildPages(logFile(dir, 'pages'))
    return
  }
  await runProgram({
    name: 'streams',
    command: process.execPath,
    args: [at('infra/nats/src/provision.ts')],
    cwd: at('.'),
    env: provisionerEnvironment(wiring),
    logFile: logFile(dir, 'streams'),
  })
}

export const adminUrl = (wiring: Wiring): string =>
  `postgres://postgres:${wiring.secrets.postgresPassword}@127.0.0.1:${wiring.port.postgres}/postgres`

const largeLogBytes = 20 * 1024 * 1024

function keepOneOldLog(log: string): void {
  mkdirSync(join(log, '..'), { recursive: true })
  if (existsSync(log) && statSync(log).size > largeLogBytes) renameSync(log, `${log}.1`)
}
