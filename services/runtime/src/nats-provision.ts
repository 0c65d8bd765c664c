// `make streams`: brings the broker to the layout that @wagate/messages declares. Running it again changes nothing.
import { type ConsumerSpec, consumers } from '@wagate/messages/streams.ts'
import { z } from 'zod'
import { NotProvisioned } from './errors.ts'
import { callApi, errorCodes, isRefusal } from './nats-api.ts'
import {
  consumerConfig,
  type LayoutOptions,
  partitionsMetadata,
  type StreamConfig,
  streamConfigs,
} from './nats-layout.ts'
import type { NatsLink } from './nats-link.ts'
import { patiently } from './patiently.ts'

const streamInfo = z.object({
  config: z.looseObject({
    metadata: z.record(z.string(), z.string()).default({}),
    num_replicas: z.number().int().positive().default(1),
  }),
})

/** Consumers are Raft groups in production: so many are created at once. */
const atOnce = 16

/** A cluster that was just started answers nothing until it has elected a leader. */
export const clusterStartMs = 60_000

/** @throws NotProvisioned when the streams were made for another number of partitions */
export async function provisionLayout(link: NatsLink, partitions: number, options: LayoutOptions = {}): Promise<void> {
  const replicas = options.replicas ?? (await installedReplicas(link, partitions))
  for (const config of streamConfigs(partitions, { ...options, replicas }))
    await patiently(() => provisionStream(link, config), { forMs: clusterStartMs })
  const waiting = consumers(partitions)
  const worker = async () => {
    for (let spec = waiting.pop(); spec; spec = waiting.pop()) {
      const next = spec
      await patiently(() => provisionConsumer(link, next, replicas), { forMs: clusterStartMs })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** The most that any stream has: a run that does not say how many neither takes copies away nor makes a new stream with fewer. */
async function installedReplicas(link: NatsLink, partitions: number): Promise<number> {
  let most = 1
  for (const { name } of streamConfigs(partitions)) {
    const current = await patiently(() => installed(link, name), { forMs: clusterStartMs })
    most = Math.max(most, current?.num_replicas ?? 1)
  }
  return most
}

async function installed(link: NatsLink, name: string) {
  try {
    return (await callApi(link, `STREAM.INFO.${name}`, undefined, streamInfo)).config
  } catch (error) {
    if (isRefusal(error, errorCodes.streamNotFound)) return undefined
    throw error
  }
}

async function provisionStream(link: NatsLink, config: StreamConfig): Promise<void> {
  const { name } = config
  const current = await installed(link, name)
  if (current) {
    const made = current.metadata[partitionsMetadata]
    const wanted = config.metadata[partitionsMetadata]
    if (made !== undefined && made !== wanted)
      throw new NotProvisioned(`${name} was made for ${made} partitions, not ${wanted}: the number is fixed for life`)
    const metadata = { ...current.metadata, ...config.metadata }
    await callApi(link, `STREAM.UPDATE.${name}`, { ...current, ...config, metadata }, z.unknown())
  } else {
    await callApi(link, `STREAM.CREATE.${name}`, config, z.unknown(), { timeoutMs: 15_000 })
  }
}

/** 0 replicas: as many as the stream has. Without an action the server creates the consumer or updates what may be updated. */
export async function provisionConsumer(link: NatsLink, spec: ConsumerSpec, replicas: number): Promise<void> {
  const request = { stream_name: spec.stream, config: consumerConfig(spec, replicas), action: '' }
  const name = `CONSUMER.CREATE.${spec.stream}.${spec.name}.${spec.filter}`
  await callApi(link, name, request, z.unknown(), { timeoutMs: 15_000 })
}
