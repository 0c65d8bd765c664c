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

const streamInfo = z.object({ config: z.looseObject({ metadata: z.record(z.string(), z.string()).default({}) }) })

/** Consumers are Raft groups in production: so many are created at once. */
const atOnce = 16

/** A cluster that was just started answers nothing until it has elected a leader. */
export const clusterStartMs = 60_000

/** @throws NotProvisioned when the streams were made for another number of partitions */
export async function provisionLayout(link: NatsLink, partitions: number, options: LayoutOptions = {}): Promise<void> {
  const { replicas = 1 } = options
  for (const config of streamConfigs(partitions, options))
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

async function provisionStream(link: NatsLink, config: StreamConfig): Promise<void> {
  const { name } = config
  try {
    const { config: current } = await callApi(link, `STREAM.INFO.${name}`, undefined, streamInfo)
    const made = current.metadata[partitionsMetadata]
    const wanted = config.metadata[partitionsMetadata]
    if (made !== undefined && made !== wanted)
      throw new NotProvisioned(`${name} was made for ${made} partitions, not ${wanted}: the number is fixed for life`)
    const metadata = { ...current.metadata, ...config.metadata }
    await callApi(link, `STREAM.UPDATE.${name}`, { ...current, ...config, metadata }, z.unknown())
  } catch (error) {
    if (!isRefusal(error, errorCodes.streamNotFound)) throw error
    await callApi(link, `STREAM.CREATE.${name}`, config, z.unknown(), { timeoutMs: 15_000 })
  }
}

/** 0 replicas: as many as the stream has. Without an action the server creates the consumer or updates what may be updated. */
export async function provisionConsumer(link: NatsLink, spec: ConsumerSpec, replicas: 0 | 1 | 3): Promise<void> {
  const request = { stream_name: spec.stream, config: consumerConfig(spec, replicas), action: '' }
  const name = `CONSUMER.CREATE.${spec.stream}.${spec.name}.${spec.filter}`
  await callApi(link, name, request, z.unknown(), { timeoutMs: 15_000 })
}
