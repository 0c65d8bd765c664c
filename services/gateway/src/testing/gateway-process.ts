// Gateways as processes of their own, on a real broker and database, for the integration ring.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@wagate/api/client.ts'
import { type Scope, type SessionState, scopes, sessionStateKey } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Event } from '@wagate/messages/events.ts'
import { createIds } from '@wagate/messages/ids.ts'
import type { LimitOverrides } from '@wagate/messages/plans.ts'
import { eventSubject } from '@wagate/messages/subjects.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { createControl } from '../control/manage.ts'

export const partitions = 4
const logger = silentLogger()
const now = () => new Date()
export const newId = createIds({ now, randomBytes })

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>

/** Broker and database, and what the operator, the worker and the projector do there. Use with `await using`. */
export async function startSurroundings() {
  const stack = new AsyncDisposableStack()
  const nats = stack.use(await startNats({ users: true }))
  const database = stack.use(await cloneDatabase())
  const postgresGate = stack.use(await openGate(Number(new URL(database.url).port)))
  const brokerAs = async (user: 'provisioner' | 'gateway' | 'worker') => {
    const broker = await connectBroker({ servers: [nats.url], ...nats.login(user), name: `test-${user}`, logger })
    stack.defer(() => broker.drain())
    return broker
  }
  const provisioner = await brokerAs('provisioner')
  await provisioner.provision(partitions)
  const worker = await brokerAs('worker')
  const operator = await brokerAs('gateway')
  const sql = openPostgres({ url: database.urlFor('wagate_api'), applicationName: 'test', max: 3 })
  stack.defer(() => sql.end())
  const buckets = {
    tenants: await operator.kv('tenants'),
    apiKeys: await operator.kv('api_keys'),
    members: await operator.kv('members'),
    supportAccesses: await operator.kv('support_accesses'),
  }
  const control = createControl({ sql, ...buckets, now, newId, randomBytes })

  const throughGate = new URL(database.urlFor('wagate_api'))
  throughGate.port = String(postgresGate.port)
  const env = {
    NATS_URL: nats.url,
    NATS_USER: nats.login('gateway').user,
    NATS_PASSWORD: nats.login('gateway').password,
    DATABASE_URL: throughGate.href,
    SANDBOX_URL: 'http://127.0.0.1:9',
    SANDBOX_CONTROL_TOKEN: 'none',
    PUBLIC_URL: 'http://localhost',
    S3_ENDPOINT: 'http://127.0.0.1:9',
    S3_BUCKET: 'none',
    S3_ACCESS_KEY_ID: 'none',
    S3_SECRET_ACCESS_KEY: 'none',
    CURSOR_SECRET: 'a secret of the tests',
    ACCOUNTS_SECRET: 'another secret of the tests, a long one',
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    MASTER_KEY_ID: 'test',
    PARTITIONS: String(partitions),
    HOST: '127.0.0.1',
    PORT: '0',
  }

  return {
    ...{ nats, database, postgresGate, provisioner, worker, operator, sql, buckets, control, env },

    async addTenant(overrides: LimitOverrides = {}) {
      const few = { liveSessions: 5, sandboxSessions: 5, sandboxPhones: 5 }
      const { tenantId } = await control.createTenant('a tenant', {
        plan: 'basic',
        overrides: { ...few, ...overrides },
      })
      return tenantId
    },
    async addKey(tenantId: string, mode: Mode = 'test', granted: readonly Scope[] = scopes) {
      const { row, text } = await control.keys.create({ tenantId, mode, scopes: granted })
      return { keyId: row.keyId, apiKey: text }
    },
    /** What the worker says of a session. */
    async setState(tenantId: string, sessionId: string, state: Partial<SessionState> = {}) {
      const sessions = await worker.kv('sessions')
      const account = { phone: '+999100200300', lid: '1@lid' }
      const value = {
        v: 1,
        status: 'connected',
        account,
        queueFull: false,
        epoch: 1,
        since: now().toISOString(),
        ...state,
      }
      await sessions.put(sessionStateKey(tenantId, sessionId), Buffer.from(JSON.stringify(value)))
    },
    /** Publishes an event as the worker does; resolves with its position. */
    async publishEvent(event: Event): Promise<number> {
      const data = Buffer.from(JSON.stringify(event))
      return (await worker.publish(eventSubject(event, event.type), data, { msgId: event.id })).seq
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Starts `main.ts` and resolves when it listens. Use with `await using`. */
export async function startGateway(surroundings: Surroundings, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    env: { PATH: process.env.PATH, ...surroundings.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const log: Record<string, unknown>[] = []
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry: Record<string, unknown> = JSON.parse(line)
      log.push(entry)
      if (entry.event === 'http.listening') resolve(Number(entry.port))
    })
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${JSON.stringify(log.at(-1))}`)))
  })
  const baseUrl = `http://127.0.0.1:${port}`
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    return child.exitCode
  }
  return {
    ...{ baseUrl, log, stop, pid: child.pid },
    client: (apiKey: string) => createClient({ baseUrl, apiKey }),
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** A TCP port that leads to another one until it is closed: a server that goes away and comes back. */
async function openGate(target: number) {
  const sockets = new Set<Socket>()
  let open = true
  const server = createServer((client) => {
    if (!open) return void client.destroy()
    const upstream = connect(target, '127.0.0.1')
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const shut = () => {
    open = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: shut,
    reopen: () => {
      open = true
    },
    async [Symbol.asyncDispose]() {
      shut()
      server.close()
      await once(server, 'close')
    },
  }
}
