// A process tells operators that it is there and how it fares: one small write every ten seconds, beside all other work.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import {
  type InstanceRecord,
  type InstanceState,
  instanceReportMs,
  type ServiceName,
} from '@wagate/messages/instance.ts'
import type { Broker } from './broker.ts'
import { messageOf } from './errors.ts'
import { type Readiness, readinessOf } from './health.ts'
import type { Logger } from './logger.ts'
import { pause } from './pause.ts'

export type Instance = {
  /** How it knows whether it can work; hands the check on. Until then it is starting. */
  watch<Check extends () => Readiness | Promise<Readiness>>(check: Check): Check
  /** Takes the report back; called last, right before the broker is left. */
  stop(): Promise<void>
}

export type InstanceOptions = {
  broker: Pick<Broker, 'kv'>
  logger: Logger
  service: ServiceName
  /** Default: the service and a random number. */
  instanceId?: string
  /** Aborts when the process begins to stop. */
  stopping: AbortSignal
  now?: () => Date
  /** How soon a process that cannot work looks again. Default 1 s. */
  impatientMs?: number
}

function installedVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  return String(version)
}

export function announceInstance(options: InstanceOptions): Instance {
  const { broker, logger, service, stopping, now = () => new Date(), impatientMs = 1_000 } = options
  const instanceId = options.instanceId ?? `${service}_${randomBytes(8).toString('hex')}`
  const identity = { instanceId, service, host: hostname(), version: installedVersion() }
  const startedAt = now().toISOString()
  const ended = new AbortController()
  let check: (() => Readiness | Promise<Readiness>) | undefined
  let last: { state: InstanceState; atMs: number } | undefined
  let wasReady = false
  let failing = false

  const fares = async (): Promise<{ state: InstanceState; waitingFor: string[] }> => {
    if (stopping.aborted) return { state: 'draining', waitingFor: [] }
    const { ready, waitingFor = [] } = check ? await readinessOf(check) : { ready: false }
    wasReady ||= ready
    return { state: ready ? 'ready' : wasReady ? 'waiting' : 'starting', waitingFor: waitingFor.slice(0, 10) }
  }

  const report = async (): Promise<void> => {
    const { state, waitingFor } = await fares()
    const at = now()
    if (ended.signal.aborted || (last?.state === state && at.getTime() - last.atMs < instanceReportMs)) return
    const record: InstanceRecord = { v: 1, ...identity, startedAt, state, waitingFor, at: at.toISOString() }
    try {
      const bucket = await broker.kv('instances')
      await bucket.put(instanceId, new TextEncoder().encode(JSON.stringify(record)))
      last = { state, atMs: at.getTime() }
      failing = false
    } catch (error) {
      if (!failing) logger.warn({ event: 'instance.unreported', reason: messageOf(error) })
      failing = true
    }
  }

  const keepReporting = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await report()
      const waitMs = last?.state === 'ready' && !stopping.aborted ? instanceReportMs : impatientMs
      await pause(waitMs, stopping.aborted ? ended.signal : AbortSignal.any([ended.signal, stopping]))
    }
  }
  const reporting = keepReporting()

  return {
    watch(given) {
      check = given
      return given
    },
    async stop() {
      ended.abort()
      await reporting
      await broker.kv('instances').then(
        (bucket) => bucket.delete(instanceId).catch(() => undefined),
        () => undefined,
      )
    },
  }
}
