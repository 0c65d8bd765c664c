// What one run of the whole system looked like from outside: what was promised, what people saw, what was published, and
// where something was broken on purpose. Plain data, gathered after the run and judged by `check.ts`.

/** A send that was answered 202. */
export type AcceptedSend = {
  messageId: string
  sessionId: string
  /** The recipient's number, `+999…`. */
  to: string
  /** Unique in the run: a message that is sent twice under two ids is still found. */
  text: string
  acceptedAtMs: number
}

/** What a person wrote to a session's account. */
export type PhoneWrite = { sessionId: string; from: string; waMessageId: string; text: string }

/** A message of somebody else on the screen of a phone. */
export type ShownMessage = { phone: string; from: string; waMessageId: string; text: string }

export type SeenEvent = {
  id: string
  type: string
  sessionId: string
  sequence: number
  /** When it happened, by the worker's clock. */
  atMs: number
  messageId?: string
  waMessageId?: string
  text?: string
}

/** One request that a webhook receiver answered with 2xx. */
export type WebhookRequest = { webhookId: string; event: SeenEvent }

/** The readable head of one batch in a session's log. */
export type LogAppend = {
  sessionId: string
  seq: number
  epoch: number
  position: number
  /** Names the one attempt to own the session that wrote it. */
  term?: string
  /** When the broker stored it. */
  atMs?: number
}

/** A message frame that the network took from an account's socket. */
export type SentFrame = {
  sessionId: string
  waMessageId: string
  atMs: number
  /** When its socket logged in. */
  loggedInAtMs: number
}

/** What the network noticed. */
export type Network = {
  /** Id of every message frame that came again although nobody had asked for it. */
  duplicateIds: string[]
  undecryptable: number
  /** Message frames by socket, where they were recorded. */
  frames?: SentFrame[]
}

/** A process died or a connection was lost; without a session it may concern any. */
export type Interruption = { atMs: number; sessionId?: string }

/** A message as the API lists it. */
export type ListedMessage = { messageId: string; sessionId: string; direction: 'inbound' | 'outbound'; status: string }

export type History = {
  accepted: AcceptedSend[]
  written: PhoneWrite[]
  shown: ShownMessage[]
  /** In the order of the event stream, repeats included. */
  events: SeenEvent[]
  webhooks: WebhookRequest[]
  /** In the order of the log. */
  appends: LogAppend[]
  network: Network
  interruptions: Interruption[]
  listed: ListedMessage[]
}

/** Each event once, where it came first. */
export function distinctEvents(events: readonly SeenEvent[]): SeenEvent[] {
  const first = new Map<string, SeenEvent>()
  for (const event of events) if (!first.has(event.id)) first.set(event.id, event)
  return [...first.values()]
}
