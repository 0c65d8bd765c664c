// Three real nats-servers that replicate everything among them, to be killed one by one or all at once.
import { join } from 'node:path'
import { type NatsPasswords, type NatsServer, startNatsServer } from '@wagate/dev/servers/nats.ts'
import { freePort } from '@wagate/dev/servers/ports.ts'
import { waitFor } from './wait-for.ts'

export type ClusterMember = {
  name: string
  /** Its files. */
  dir: string
  /** undefined while it does not run. */
  pid(): number | undefined
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** In order; resolves when the process is gone. */
  stop(): Promise<void>
  /** Again on the same ports and files; resolves once it takes clients. */
  start(): Promise<void>
  /** `/healthz` says that its streams and consumers are current. */
  isHealthy(): Promise<boolean>
}

export type NatsCluster = {
  /** All members, comma-separated, as `NATS_URL` takes them. */
  url: string
  members: readonly ClusterMember[]
  /** The member that leads a stream now. */
  leaderOf(stream: string): Promise<ClusterMember>
} & AsyncDisposable

const size = 3

export async function startNatsCluster(options: {
  dir: string
  /** Folder of the members' logs. */
  logs: string
  passwords: NatsPasswords
}): Promise<NatsCluster> {
  const ports: number[] = []
  while (ports.length < 3 * size) {
    const port = await freePort()
    if (!ports.includes(port)) ports.push(port)
  }
  const members = Array.from({ length: size }, (_, index) => memberOf(index, ports, options))
  const dispose = async () => {
    await Promise.all(members.map((member) => member.stop()))
  }
  try {
    await Promise.all(members.map((member) => member.start()))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    url: members.map(({ url }) => url).join(','),
    members,
    leaderOf: (stream) =>
      waitFor(
        async () => {
          const names = await Promise.all(members.map((member) => member.leaderOf(stream).catch(() => undefined)))
          return members.find(({ name }) => names.includes(name))
        },
        { what: `a leader of ${stream}`, deadlineMs: 30_000, everyMs: 200 },
      ),
    [Symbol.asyncDispose]: dispose,
  }
}

type JetStreamReport = {
  account_details?: { stream_detail?: { name: string; cluster?: { leader?: string } }[] }[]
}

function memberOf(
  index: number,
  ports: readonly number[],
  { dir, logs, passwords }: { dir: string; logs: string; passwords: NatsPasswords },
) {
  const portOf = (member: number, use: 0 | 1 | 2): number => ports[member * 3 + use] ?? 0
  const name = `nats-${index + 1}`
  const monitor = `http://127.0.0.1:${portOf(index, 2)}`
  const ask = (path: string) => fetch(`${monitor}${path}`, { signal: AbortSignal.timeout(2_000) })
  let server: NatsServer | undefined
  return {
    name,
    dir: join(dir, name),
    url: `nats://127.0.0.1:${portOf(index, 0)}`,
    pid: () => server?.pid,
    async kill() {
      server?.kill('SIGKILL')
      await server?.exited
    },
    stop: async () => server?.stop(),
    async start() {
      server = await startNatsServer({
        dir: join(dir, name),
        port: portOf(index, 0),
        monitorPort: portOf(index, 2),
        member: {
          name,
          port: portOf(index, 1),
          others: [0, 1, 2].filter((other) => other !== index).map((other) => portOf(other, 1)),
        },
        config: { kind: 'repository', passwords },
        logFile: join(logs, `${name}.log`),
      })
    },
    isHealthy: () =>
      ask('/healthz').then(
        ({ ok }) => ok,
        () => false,
      ),
    async leaderOf(stream: string): Promise<string | undefined> {
      const report = (await (await ask('/jsz?streams=true')).json()) as JetStreamReport
      const details = report.account_details?.flatMap(({ stream_detail: found = [] }) => found) ?? []
      return details.find((detail) => detail.name === stream)?.cluster?.leader
    },
  }
}
