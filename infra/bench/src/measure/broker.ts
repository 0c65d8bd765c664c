// What the broker stored, from its monitoring endpoint: every stream, and with them every key-value bucket.

export type StreamState = { lastSeq: number; messages: number; bytes: number }

export type BrokerReading = {
  streams: Record<string, StreamState>
  /** Messages that a consumer has not got or not acknowledged yet. */
  unsettled: number
}

type Jsz = {
  account_details?: {
    stream_detail?: {
      name: string
      state: { last_seq: number; messages: number; bytes: number }
      consumer_detail?: { num_pending: number; num_ack_pending: number }[]
    }[]
  }[]
}

export async function readBroker(monitorUrl: string): Promise<BrokerReading> {
  const response = await fetch(`${monitorUrl}/jsz?accounts=true&streams=true&consumers=true`)
  return parseJsz((await response.json()) as Jsz)
}

export function parseJsz(jsz: Jsz): BrokerReading {
  const details = (jsz.account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? [])
  const consumers = details.flatMap(({ consumer_detail }) => consumer_detail ?? [])
  return {
    streams: Object.fromEntries(
      details.map(({ name, state }) => [
        name,
        { lastSeq: state.last_seq, messages: state.messages, bytes: state.bytes },
      ]),
    ),
    unsettled: consumers.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0),
  }
}

/** Renewed by the clock and not by messages: told apart. */
const background = new Set(['KV_leases', 'KV_workers', 'KV_hosted', 'KV_instances'])

export type BrokerUse = {
  /** Messages stored, by stream; those that the clock causes are not among them. */
  writes: Record<string, number>
  /** Bytes stored, by stream. A work queue forgets what is done, so its bytes are writes × `commandBytes`. */
  bytes: Record<string, number>
  backgroundWrites: number
}

export function brokerBetween(before: BrokerReading, after: BrokerReading, commandBytes: number): BrokerUse {
  const use: BrokerUse = { writes: {}, bytes: {}, backgroundWrites: 0 }
  for (const [name, state] of Object.entries(after.streams)) {
    const writes = state.lastSeq - (before.streams[name]?.lastSeq ?? 0)
    if (background.has(name)) use.backgroundWrites += writes
    else if (writes > 0) {
      use.writes[name] = writes
      use.bytes[name] = name === 'COMMANDS' ? writes * commandBytes : state.bytes - (before.streams[name]?.bytes ?? 0)
    }
  }
  return use
}
