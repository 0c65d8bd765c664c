// What every service asks before it starts: is the broker laid out as this version expects?
import { consumers } from '@wagate/messages/streams.ts'
import { z } from 'zod'
import { NotProvisioned } from './errors.ts'
import { callApi, errorCodes, isRefusal } from './nats-api.ts'
import { type LayoutOptions, partitionsMetadata, streamConfigs } from './nats-layout.ts'
import type { NatsLink } from './nats-link.ts'
import { clusterStartMs } from './nats-provision.ts'
import { patiently } from './patiently.ts'

const streamInfo = z.object({
  config: z.object({ metadata: z.record(z.string(), z.string()).default({}), max_age: z.number().default(0) }),
})
const namesPage = z.object({ consumers: z.array(z.string()).nullish(), total: z.number() })

/** See `Broker.check`. */
export async function checkLayout(link: NatsLink, partitions: number, options: LayoutOptions = {}): Promise<void> {
  // In the order in which they are declared, whichever answer comes first.
  const absent = await Promise.all(
    streamConfigs(partitions, options).map(async ({ name, max_age: maxAge }) => {
      const found = await configOf(link, name)
      if (!found) return [name]
      const made = found.metadata[partitionsMetadata] ?? ''
      // Whoever believes in a lease for longer than the broker does meets a second owner.
      if (name === 'KV_leases' && found.max_age !== maxAge)
        throw new NotProvisioned(
          `bucket leases was made for ${found.max_age / 1e6} ms and LEASE_TTL_MS is ${Number(maxAge) / 1e6}; set LEASE_TTL_MS to the former, or run: make streams`,
        )
      if (made !== String(partitions))
        throw new NotProvisioned(
          `stream ${name} was made for ${made || 'an unknown number of'} partitions and PARTITIONS is ${partitions}; set PARTITIONS to the former, or run: make streams (on an empty broker)`,
        )
      return []
    }),
  )
  const missing = absent.flat()
  for (const stream of ['COMMANDS', 'EVENTS']) {
    if (missing.includes(stream)) continue
    const existing = await consumerNames(link, stream)
    const wanted = consumers(partitions).filter((spec) => spec.stream === stream)
    missing.push(...wanted.filter((spec) => !existing.has(spec.name)).map((spec) => `${stream}/${spec.name}`))
  }
  if (missing.length === 0) return
  const shown = missing.slice(0, 5).join(', ') + (missing.length > 5 ? `, and ${missing.length - 5} more` : '')
  throw new NotProvisioned(`missing at the broker: ${shown}; run: make streams`)
}

async function configOf(link: NatsLink, stream: string) {
  try {
    const asking = () => callApi(link, `STREAM.INFO.${stream}`, undefined, streamInfo)
    const { config } = await patiently(asking, { forMs: clusterStartMs })
    return config
  } catch (error) {
    if (isRefusal(error, errorCodes.streamNotFound)) return undefined
    throw error
  }
}

async function consumerNames(link: NatsLink, stream: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (;;) {
    const asking = () => callApi(link, `CONSUMER.NAMES.${stream}`, { offset: names.size }, namesPage)
    const page = await patiently(asking, { forMs: clusterStartMs })
    for (const name of page.consumers ?? []) names.add(name)
    if (!page.consumers?.length || names.size >= page.total) return names
  }
}
