import type { Broker } from '@wagate/runtime/broker.ts'
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import type { SandboxControl } from '../sandbox/control.ts'
import type { Probes } from './measure.ts'

export type ProbeDeps = {
  broker: Pick<Broker, 'streamState'>
  sql: Sql
  objects: Pick<ObjectStore, 'head'>
  sandbox: Pick<SandboxControl, 'list'>
}

/** One small request to each: what nobody has, or what is there anyway. */
export const createProbes = ({ broker, sql, objects, sandbox }: ProbeDeps): Probes => ({
  broker: () => broker.streamState('EVENTS'),
  postgres: async () => sql`select 1`,
  object_store: () => objects.head('health'),
  sandbox: () => sandbox.list('health'),
})
