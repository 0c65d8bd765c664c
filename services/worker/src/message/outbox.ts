// Which message goes next, and whether there is room for more. The queue itself is part of the session's memory.
import { type Lane, lanes } from '@wagate/messages/commands.ts'
import type { QueuedMessage } from '../log/records.ts'

/** One session's backlog. At its lane's share of it the gateway answers 429, until the backlog is down to that share of the lower mark. */
export const outboxLimit = { messages: 1_000, bytes: 8 * 1024 * 1024, clearsAt: 800 }

/** How much of a bound a lane may fill: a flood of less urgent messages leaves room for more urgent ones. */
export const shareOf: Readonly<Record<Lane, number>> = { high: 1, normal: 0.95, bulk: 0.8 }

/** Commands of a session that wait in memory, unacknowledged and in order, for room in its outbox; more are put off. */
export const waitingLimit = { messages: 2_000, bytes: 8 * 1024 * 1024 }

/** In WhatsApp's hands and unacknowledged at once, per session. */
export const sendWindow = 32

type Queue = ReadonlyMap<string, QueuedMessage>

/** How often a lane had something to send and another one went. */
export type Passed = Record<Lane, number>

export const noneIsPassed: Passed = { high: 0, normal: 0, bulk: 0 }

/**
 * A lane lets more urgent ones go before it this often, then takes a turn: of ten messages 7 are high, 2 normal and 1 bulk
 * while all three have some.
 */
export const patience: Passed = { high: Number.POSITIVE_INFINITY, normal: 4, bulk: 9 }

export type Choice = { message: QueuedMessage; passed: Passed }

/**
 * The oldest message of the lane whose turn it is, and the count after it has gone. Within a lane, order is the order of
 * acceptance among messages that may go now.
 */
export function chooseNext(
  queue: Queue,
  passed: Passed,
  mayGo: (message: QueuedMessage) => boolean = () => true,
): Choice | undefined {
  const heads: { [lane in Lane]?: QueuedMessage } = {}
  let missing = lanes.length
  for (const message of queue.values()) {
    if (heads[message.lane] || !mayGo(message)) continue
    heads[message.lane] = message
    missing -= 1
    if (missing === 0) break
  }
  const lane = turnOf((one) => heads[one] !== undefined, passed)
  const message = lane && heads[lane]
  return message && { message, passed: passedAfter(message.lane, (one) => heads[one] !== undefined, passed) }
}

/** The least urgent of the lanes that have let pass enough, else the most urgent. */
function turnOf(waits: (lane: Lane) => boolean, passed: Passed): Lane | undefined {
  const waiting = lanes.filter(waits)
  return waiting.findLast((lane) => passed[lane] >= patience[lane]) ?? waiting[0]
}

/** A lane that has gone, or has nothing to send, begins anew. */
function passedAfter(gone: Lane, waits: (lane: Lane) => boolean, passed: Passed): Passed {
  const after = (lane: Lane): number => (lane === gone || !waits(lane) ? 0 : passed[lane] + 1)
  return { high: after('high'), normal: after('normal'), bulk: after('bulk') }
}

/** How many of the messages go before that one, if nothing else comes; undefined when it is not among them. */
export function countAhead(messages: readonly QueuedMessage[], passed: Passed, commandId: string): number | undefined {
  const target = messages.find((message) => message.commandId === commandId)
  if (!target) return undefined
  const left: Passed = { ...noneIsPassed }
  for (const message of messages) left[message.lane] += 1
  let before = messages.filter(({ lane }) => lane === target.lane).indexOf(target)
  for (let ahead = 0, now = passed; ; ahead++) {
    const waits = (lane: Lane): boolean => left[lane] > 0
    const lane = turnOf(waits, now)
    if (!lane) return undefined
    if (lane === target.lane) {
      if (before === 0) return ahead
      before -= 1
    }
    now = passedAfter(lane, waits, now)
    left[lane] -= 1
  }
}

export function depthOf(queue: Queue): Record<Lane, number> {
  const depth = { high: 0, normal: 0, bulk: 0 }
  for (const { lane } of queue.values()) depth[lane] += 1
  return depth
}

export const bytesOf = (message: Pick<QueuedMessage, 'content'>): number =>
  200 + (message.content.type === 'text' ? Buffer.byteLength(message.content.text.body) : 0)
