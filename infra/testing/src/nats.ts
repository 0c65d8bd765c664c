import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NatsPasswords, type NatsServer, type NatsUser, startNatsServer } from '@wagate/dev/servers/nats.ts'

export const testPasswords: NatsPasswords = {
  provisioner: 'test-provisioner',
  gateway: 'test-gateway',
  worker: 'test-worker',
  projector: 'test-projector',
  webhooks: 'test-webhooks',
  scheduler: 'test-scheduler',
  monitor: 'test-monitor',
}

export type TestNatsOptions = {
  /** fsync before every acknowledgement, as in production. Default false: a killed server still loses nothing. */
  syncAlways?: boolean
  /** Run the repository's `nats.conf` with its service users (and fsync on every write); see `login`. */
  users?: boolean
}

export type TestNats = NatsServer & {
  /** Starts a server again on the same port and files, after `kill('SIGKILL')` or `stop()`. Dispose that one too. */
  restart(): Promise<TestNats>
  /** The credentials of a service user; without `users: true` the server asks for none and ignores them. */
  login(user: NatsUser): { user: string; password: string }
}

/** A nats-server of the test's own: random port, temporary folder, JetStream on. Use with `await using`. */
export async function startNats(options: TestNatsOptions = {}): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-nats-'))
  const start = async (port?: number): Promise<TestNats> => {
    const server = await startNatsServer({
      dir,
      ...(port === undefined ? {} : { port }),
      config: options.users
        ? { kind: 'repository', passwords: testPasswords }
        : { kind: 'bare', syncAlways: options.syncAlways ?? false },
    })
    return {
      ...server,
      login: (user) => ({ user, password: testPasswords[user] }),
      async restart() {
        await server.stop()
        return start(server.port)
      },
      async [Symbol.asyncDispose]() {
        await server.stop()
        await rm(dir, { recursive: true, force: true })
      },
    }
  }
  return start()
}
