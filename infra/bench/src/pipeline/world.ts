// What every measurement of the pipeline needs: a stack of its own, a tenant with sessions and people, and the instruments.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Client, createClient } from '@wagate/api/client.ts'
import { at } from '@wagate/dev/paths.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import type { LoadCalls, Target } from '../load/calls.ts'
import { type BrokerReading, readBroker } from '../measure/broker.ts'
import { type CpuReading, type Parts, readCpu } from '../measure/cpu.ts'
import { processTable, treeOf } from '../measure/processes.ts'
import type { Child } from '../process/calls.ts'
import type { Phone, Sandbox } from '../sandbox/control.ts'
import type { Ledger } from './settle.ts'

export type HostedSession = { id: string; phone: Phone }

export type World = {
  stack: TestStack
  sandbox: Sandbox
  tenant: Tenant
  api: Client
  contacts: Phone[]
  /** Those that send; the idle ones are not among them. */
  sessions: HostedSession[]
  load: Child<LoadCalls>
  ledger: Ledger
  cpu: () => CpuReading
  broker: () => Promise<BrokerReading>
}

export type Tenant = { id: string; apiKey: string }

/** Makes a tenant and a test key with the gateway's own command line. */
export async function createTenant(stack: TestStack, sessions: number): Promise<Tenant> {
  const unlimited = ['--test-messages-per-minute', '1000000']
  const limits = ['--sandbox-sessions', String(sessions), ...unlimited]
  const words = ['tenant', 'create', '--name', 'bench', '--mode', 'test', ...limits]
  const { stdout } = await promisify(execFile)(process.execPath, [at('services/gateway/src/admin.ts'), ...words], {
    env: { ...stack.environmentOf('gateway'), NODE_OPTIONS: '' },
  })
  const { tenant_id: id, api_key: apiKey } = JSON.parse(stdout)
  return { id, apiKey }
}

export const apiOf = (stack: TestStack, { apiKey }: Tenant): Client =>
  createClient({ baseUrl: stack.url('gateway'), apiKey })

/** The worker's engines: the processes that its supervisor has forked. */
export function enginesOf(stack: TestStack): number[] {
  const supervisor = stack.pid('worker')
  return treeOf(supervisor, processTable()).filter((pid) => pid !== supervisor)
}

export const servers = ['nats', 'postgres'] as const
export const services = ['gateway', 'supervisor', 'engines', 'projector', 'webhooks'] as const
/** In the run, but no part of what is measured. */
export const outside = ['sandbox', 's3', 'load', 'bench'] as const

/** Root processes by part. Ask anew for each reading: a restarted worker has other ones. */
export function partsOf(stack: TestStack, load: Child<LoadCalls>, benchPid: number): Parts {
  return {
    gateway: [stack.pid('gateway')],
    supervisor: [stack.pid('worker')],
    engines: enginesOf(stack),
    projector: [stack.pid('projector')],
    webhooks: [stack.pid('webhooks')],
    nats: [stack.pid('nats')],
    postgres: [stack.pid('postgres')],
    sandbox: [stack.pid('sandbox')],
    s3: [stack.pid('s3')],
    load: [load.pid],
    bench: [benchPid],
  }
}

export const instruments = (stack: TestStack, load: Child<LoadCalls>, benchPid: number) => ({
  cpu: () => readCpu(partsOf(stack, load, benchPid)),
  broker: () => readBroker(`http://127.0.0.1:${stack.wiring.port.monitor}`),
})

export const targetOf = ({ stack, tenant, sessions, contacts }: World, tag: string): Target => ({
  url: stack.url('gateway'),
  apiKey: tenant.apiKey,
  sessionIds: sessions.map(({ id }) => id),
  contacts: contacts.map(({ number }) => number),
  tag,
})
