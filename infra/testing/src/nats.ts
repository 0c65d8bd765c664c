import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NatsServer, startNatsServer } from '@wagate/dev/servers/nats.ts'

export type TestNatsOptions = {
  /** fsync before every acknowledgement, as in production. Default false: a killed server still loses nothing. */
  syncAlways?: boolean
  /** Run the repository's `nats.conf` with its service users, with these passwords by variable name. */
  passwords?: Record<string, string>
}

export type TestNats = NatsServer & {
  /** Starts a server again on the same port and files, after `kill('SIGKILL')` or `stop()`. Dispose that one too. */
  restart(): Promise<TestNats>
}

/** A nats-server of the test's own: random port, temporary folder, JetStream on. Use with `await using`. */
export async function startNats(options: TestNatsOptions = {}): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-nats-'))
  const start = async (port?: number): Promise<TestNats> => {
    const server = await startNatsServer({
      dir,
      ...(port === undefined ? {} : { port }),
      config: options.passwords
        ? { kind: 'repository', passwords: options.passwords }
        : { kind: 'bare', syncAlways: options.syncAlways ?? false },
    })
    return {
      ...server,
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
