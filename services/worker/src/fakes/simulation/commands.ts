// The work queue of one partition in a simulation. A command stays until it is acknowledged; a new reader is handed everything
// that is unsettled at once and in order, as the real consumption reads it from the stream. A reader whose opening was never answered
// goes on being handed commands, as a consumption that is being closed does for a moment.
import type { Command } from '@wagate/messages/commands.ts'
import type { BrokerMessage, Consumption, Outcome } from '@wagate/runtime/broker.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Time } from './time.ts'

type Waiting = { message: BrokerMessage; deliveries: number; redelivery: { cancel: () => void } | undefined }
type Reader = {
  machine: Machine
  handle: (message: BrokerMessage) => Promise<Outcome>
  inFlight: Set<number>
  closed: boolean
}

const ackWaitMs = 30_000

export type CommandQueue = {
  publish: (subject: string, command: Command) => void
  consume: (machine: Machine, handle: Reader['handle']) => Promise<Consumption>
  unsettled: () => number
  /** Told when a command is handed to a reader that is not the newest any more: order is not promised for it. */
  onStray: (listen: (seq: number) => void) => void
  /** Told when a command is given up. */
  onRejected: (listen: (seq: number, reason: string) => void) => void
}

export function createCommandQueue(time: Time, random: Random, network: Network): CommandQueue {
  const waiting = new Map<number, Waiting>()
  const readers: Reader[] = []
  const strays: ((seq: number) => void)[] = []
  const rejections: ((seq: number, reason: string) => void)[] = []
  let seq = 0

  const newest = (): Reader | undefined => readers.findLast((reader) => !reader.closed)

  /** Now and then an older reader, which has not noticed that it is one, still gets something. */
  function readerOf(): Reader | undefined {
    const older = readers.filter((reader) => !reader.closed && reader.machine.alive && reader !== newest())
    return random.chance(0.1) ? (random.pick(older) ?? newest()) : newest()
  }

  function hand(entry: Waiting, reader: Reader | undefined): void {
    const { seq: at } = entry.message
    entry.redelivery?.cancel()
    entry.redelivery = time.afterQuietly(ackWaitMs, () => hand(entry, readerOf()))
    if (!reader || !waiting.has(at)) return
    if (reader !== newest()) for (const tell of strays) tell(at)
    entry.deliveries += 1
    const deliveryCount = entry.deliveries
    network.deliver(reader.machine, 'commands', () => {
      if (reader.closed || reader.inFlight.has(at)) return
      reader.inFlight.add(at)
      const settle = (outcome: Outcome): void => {
        reader.inFlight.delete(at)
        answer(reader, entry, outcome)
      }
      reader
        .handle({ ...entry.message, deliveryCount })
        .then(settle, () => settle({ kind: 'retry', afterMs: 1_000, reason: 'threw' }))
    })
  }

  function answer(reader: Reader, entry: Waiting, outcome: Outcome): void {
    const { seq: at } = entry.message
    const arrived = (): void => {
      if (!waiting.has(at)) return
      if (outcome.kind === 'done' || outcome.kind === 'reject') {
        if (outcome.kind === 'reject') for (const tell of rejections) tell(at, outcome.reason)
        entry.redelivery?.cancel()
        waiting.delete(at)
        return
      }
      entry.redelivery?.cancel()
      entry.redelivery = time.afterQuietly(outcome.afterMs, () => hand(entry, readerOf()))
    }
    network.request(reader.machine, 'commands', arrived).catch(() => {})
  }

  return {
    publish(subject, command) {
      seq += 1
      const message: BrokerMessage = {
        subject,
        seq,
        data: Buffer.from(JSON.stringify(command)),
        time: new Date(time.nowMs()),
        headers: {},
        deliveryCount: 0,
        working: () => {},
      }
      const entry: Waiting = { message, deliveries: 0, redelivery: undefined }
      waiting.set(seq, entry)
      hand(entry, readerOf())
    },
    async consume(machine, handle) {
      const reader: Reader = { machine, handle, inFlight: new Set(), closed: false }
      /** Who is the newest now would be told to read anew. */
      const closed = (): void => {
        const wasNewest = newest() === reader
        reader.closed = true
        const next = newest()
        if (wasNewest && next) for (const entry of waiting.values()) hand(entry, next)
      }
      machine.onDeath(closed)
      await network.request(machine, 'commands', () => {
        readers.push(reader)
        for (const entry of waiting.values()) hand(entry, reader)
      })
      return { close: async () => closed() }
    },
    unsettled: () => waiting.size,
    onStray: (listen) => void strays.push(listen),
    onRejected: (listen) => void rejections.push(listen),
  }
}
