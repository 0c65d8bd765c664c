import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import { freePort } from '@wagate/dev/servers/ports.ts'
import { logTail, type RunningProgram, startProgram } from '@wagate/dev/servers/process.ts'
import { isRunning, stopProcess } from '@wagate/dev/servers/process-id.ts'
import {
  type ComponentName,
  components,
  type Environment,
  environmentOf,
  type ServiceName,
  urlOf,
  type Wiring,
} from '@wagate/dev/stack/components.ts'
import { down } from '@wagate/dev/stack/down.ts'
import { silentReport } from '@wagate/dev/stack/report.ts'
import { loadSecrets } from '@wagate/dev/stack/secrets.ts'
import { logFile } from '@wagate/dev/stack/start.ts'
import { readState } from '@wagate/dev/stack/state.ts'
import { up } from '@wagate/dev/stack/up.ts'
import { type NatsCluster, startNatsCluster } from './nats-cluster.ts'
import { waitFor } from './wait-for.ts'

export type TestStackOptions = {
  /** Only these components and what they need; all but the dashboard by default, which few tests open. */
  only?: ComponentName[]
  /** Default 16: fewer consumers to create than in the development stack. */
  partitions?: number
  /** Extra variables for every service, for instance `{ ENGINES: '2', LOG_LEVEL: 'debug' }`. */
  passedOn?: Record<string, string>
  /** 3: the services use a cluster of three, with three replicas of everything; the stack's own server stands idle. */
  brokers?: 1 | 3
}

/** One more process of a service. */
export type Companion = RunningProgram & {
  url: string
  /** Its whole log so far. */
  log(): string
}

export type TestStack = {
  /** The broker's cluster, when it was asked for. */
  cluster: NatsCluster | undefined
  /** Where the logs of all its processes lie, one file each. */
  logs: string
  url(name: ComponentName): string
  wiring: Wiring
  /** The environment that a service has: for its command lines, such as the gateway's `admin.ts`. */
  environmentOf(name: ServiceName): Environment
  pid(name: ComponentName): number
  /** The process ids of everything that was started, by component: companions and the cluster's members too. */
  pids(): Record<string, number[]>
  /** Sends a signal as it is: SIGSTOP, SIGCONT. */
  signal(name: ComponentName, signal: NodeJS.Signals): void
  /** SIGKILL; resolves when the process is gone. */
  kill(name: ComponentName): Promise<void>
  /** Stops one component in order; its users keep running without it. */
  stop(name: ComponentName): Promise<void>
  /** Starts what does not run, on the same ports and data, and waits until it serves. */
  start(): Promise<void>
  /** One more process of a service, on a port of its own; resolves once it serves. `extra` variables win over the stack's. */
  another(name: ServiceName, extra?: Record<string, string>): Promise<Companion>
  /** The end of a component's log, for a failed expectation's message. */
  log(name: ComponentName, lines?: number): string
} & AsyncDisposable

/** The whole stack, of this test's own: free ports, a temporary folder, processes that end with the test run. */
export async function startStack(options: TestStackOptions = {}): Promise<TestStack> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-stack-'))
  const cluster =
    options.brokers === 3
      ? await startNatsCluster({ dir: join(dir, 'cluster'), logs: join(dir, 'logs'), passwords: loadSecrets(dir).nats })
      : undefined
  const passedOn = { ...options.passedOn, ...(cluster ? { NATS_URL: cluster.url, REPLICAS: '3' } : {}) }
  const bring = async (): Promise<Wiring> => {
    const problems: string[] = []
    const report = {
      ...silentReport,
      line: (name: string, state: string, details?: { text?: string }) => {
        if (state === 'failed' || state === 'not started') problems.push(`${name} ${state}: ${details?.text ?? ''}`)
      },
    }
    const { wiring, failed } = await up({
      dir,
      ports: 'any',
      partitions: options.partitions ?? 16,
      passedOn,
      only: options.only ?? components.map(({ name }) => name).filter((name) => name !== 'ui'),
      detached: false,
      report,
    })
    if (failed.length > 0) throw new Error(`the stack did not start:\n${problems.join('\n')}`)
    return wiring
  }
  const others: (RunningProgram & { name: ServiceName })[] = []
  const another = async (name: ServiceName, extra: Record<string, string> = {}): Promise<Companion> => {
    const port = await freePort()
    const log = logFile(dir, `${name}-${others.length + 2}`)
    const program = await startProgram({
      name,
      command: process.execPath,
      args: [at(`services/${name}/src/main.ts`)],
      cwd: at('.'),
      env: { ...environmentOf(name, wiring), ...extra, PORT: String(port) },
      logFile: log,
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    })
    others.push({ ...program, name })
    return { ...program, url: `http://127.0.0.1:${port}`, log: () => logTail(log, Number.POSITIVE_INFINITY) }
  }
  const dispose = async () => {
    await Promise.all(others.map((program) => program.stop()))
    await down({ dir, only: undefined, report: silentReport })
    await cluster?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  }
  const entry = (name: ComponentName) => {
    const found = readState(dir).processes[name]
    if (!found) throw new Error(`${name} was never started`)
    return found
  }

  const wiring = await bring().catch(async (error: unknown) => {
    await dispose()
    throw error
  })
  return {
    cluster,
    logs: join(dir, 'logs'),
    url: (name) => urlOf(name, wiring.port[name]),
    wiring,
    environmentOf: (name) => environmentOf(name, wiring),
    pid: (name) => entry(name).pid,
    pids() {
      const started: [string, number | undefined][] = [
        ...Object.entries(readState(dir).processes).map(([name, { pid }]): [string, number] => [name, pid]),
        ...others.map(({ name, pid }): [string, number] => [name, pid]),
        ...(cluster?.members ?? []).map((member): [string, number | undefined] => ['nats', member.pid()]),
      ]
      const found: Record<string, number[]> = {}
      for (const [name, pid] of started) if (pid !== undefined) found[name] = [...(found[name] ?? []), pid]
      return found
    },
    signal: (name, signal) => void process.kill(entry(name).pid, signal),
    async kill(name) {
      const killed = entry(name)
      process.kill(killed.pid, 'SIGKILL')
      await waitFor(() => !isRunning(killed), { what: `${name} to be gone` })
    },
    async stop(name) {
      await stopProcess(entry(name), name === 'postgres' ? 'SIGINT' : 'SIGTERM', 30_000)
    },
    async start() {
      await bring()
    },
    another,
    log: (name, lines) => logTail(logFile(dir, name), lines),
    [Symbol.asyncDispose]: dispose,
  }
}
