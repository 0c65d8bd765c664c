import { connect } from 'node:net'
import { join } from 'node:path'
import { at, natsServerBinary } from '../paths.ts'
import { freePort } from './ports.ts'
import { type RunningProgram, startProgram } from './process.ts'

/** The users of `nats.conf`, each with the rights of one service. */
export const natsUsers = ['provisioner', 'gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const
export type NatsUser = (typeof natsUsers)[number]
export type NatsPasswords = Record<NatsUser, string>

export type NatsOptions = {
  /** JetStream's files and the log go here. A second start on the same folder finds the streams again. */
  dir: string
  port?: number
  /** HTTP monitoring (`/varz`, `/jsz`); any free port when absent. */
  monitorPort?: number
  /** Server configuration: the repository's `nats.conf` (users, fsync on every write), or a bare one without users. */
  config: { kind: 'repository'; passwords: NatsPasswords } | { kind: 'bare'; syncAlways: boolean }
  /** Makes it a member of a cluster: its name there, its port for the others, and theirs. */
  member?: { name: string; port: number; others: readonly number[] }
  logFile?: string
  detached?: boolean
  onSpawned?: (pid: number) => void
}

export type NatsServer = RunningProgram & { url: string; port: number } & AsyncDisposable

/** Starts a nats-server with JetStream on the loopback interface and resolves once it accepts clients. */
export async function startNatsServer(options: NatsOptions): Promise<NatsServer> {
  const port = options.port ?? (await freePort())
  const { config, member } = options
  const repository = config.kind === 'repository'
  const program = await startProgram({
    name: 'nats',
    command: natsServerBinary(),
    args: [
      ...[
        '--config',
        repository ? at('nats.conf') : at(`infra/dev/nats-${config.syncAlways ? 'always' : 'fast'}.conf`),
      ],
      ...['--addr', '127.0.0.1', '--port', String(port), '--store_dir', options.dir],
      ...['--http_port', String(options.monitorPort ?? anyPort)],
      ...(member ? ['--server_name', member.name, '--cluster_name', 'wagate', '--cluster', route(member.port)] : []),
      // Clients know all members; told of addresses, they would go around whoever stands between.
      ...(member ? ['--no_advertise', '--routes', member.others.map(route).join(',')] : []),
    ],
    ...(repository ? { env: passwordVariables(config.passwords) } : {}),
    logFile: options.logFile ?? join(options.dir, 'nats.log'),
    detached: options.detached ?? false,
    ...(options.onSpawned ? { onSpawned: options.onSpawned } : {}),
    isReady: () => greets(port),
  })
  return { ...program, url: `nats://127.0.0.1:${port}`, port, [Symbol.asyncDispose]: () => program.stop() }
}

const route = (port: number): string => `nats://127.0.0.1:${port}`

// `nats.conf` names a monitoring port of its own; -1 asks for a free one instead.
const anyPort = -1

const passwordVariables = (passwords: NatsPasswords): Record<string, string> =>
  Object.fromEntries(natsUsers.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, passwords[user]]))

/** True if a NATS server's INFO line comes from that port: clients are accepted only after JetStream has recovered. */
export function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    const answer = (ok: boolean) => {
      socket.destroy()
      resolve(ok)
    }
    socket.once('data', (bytes) => answer(bytes.toString('latin1').startsWith('INFO ')))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
