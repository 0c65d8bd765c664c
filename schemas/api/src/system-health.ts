// How the installation fares: its processes, and what they depend on.
import { instanceStates } from '@wagate/messages/instance.ts'
import { z } from 'zod'
import { timestamp } from './party.ts'

export const instance = z
  .object({
    id: z.string().meta({ example: 'projector_0123456789abcdef' }),
    host: z.string(),
    version: z.string(),
    state: z.enum(instanceStates).meta({ description: '`waiting`: it was ready and cannot work now.' }),
    waiting_for: z.array(z.string()).meta({ description: 'What it cannot reach, or has not begun.' }),
    started_at: timestamp,
    last_seen_at: timestamp,
  })
  .meta({ id: 'ServiceInstance' })
export type ServiceInstance = z.infer<typeof instance>

export const serviceHealth = z
  .object({
    service: z.string().meta({ example: 'projector' }),
    ready: z.int().meta({ description: 'How many of its processes can work.' }),
    instances: z.array(instance).meta({ description: 'Heard of within 30 seconds; 200 at most.' }),
  })
  .meta({ id: 'ServiceHealth' })
export type ServiceHealth = z.infer<typeof serviceHealth>

export const dependencies = ['broker', 'postgres', 'object_store', 'sandbox'] as const
export type Dependency = (typeof dependencies)[number]

export const dependencyHealth = z
  .object({
    name: z.enum(dependencies),
    up: z.boolean(),
    latency_ms: z.number().nullable().meta({ description: 'Of one small request; null when there was no answer.' }),
  })
  .meta({ id: 'DependencyHealth' })
export type DependencyHealth = z.infer<typeof dependencyHealth>

export const systemHealth = z
  .object({
    status: z.enum(['ok', 'degraded']).meta({
      description:
        '`degraded`: something that is depended on does not answer, a service has no process that can work, or the schema of the database is not the expected one.',
    }),
    measured_at: timestamp.meta({ description: 'Up to two seconds ago.' }),
    services: z.array(serviceHealth),
    dependencies: z.array(dependencyHealth).meta({ description: 'As the gateway that answers reaches them.' }),
    migrations: z.object({
      expected: z
        .string()
        .meta({ description: 'The newest that this gateway knows.', example: '0016_business_figures' }),
      applied: z.int().nullable().meta({ description: 'How many the database has; null when it does not answer.' }),
      current: z
        .boolean()
        .nullable()
        .meta({ description: 'Whether its newest is the expected one; false also while an update is under way.' }),
    }),
  })
  .meta({ id: 'SystemHealth' })
export type SystemHealth = z.infer<typeof systemHealth>
