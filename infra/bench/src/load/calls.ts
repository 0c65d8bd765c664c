/** Where messages are posted, and for whom. */
export type Target = {
  url: string
  apiKey: string
  sessionIds: string[]
  /** Phone numbers. */
  contacts: string[]
  /** Begins every text of this run. */
  tag: string
}

/** One accepted message: when its request was due, in ms since 1970, and the id that it was given. */
export type Accepted = { n: number; dueAtMs: number; id: string }

export type LoadResult = {
  /** From the moment that a request was due to the last byte of its answer; the lead-in is not in it. */
  latenciesMs: Float64Array
  /** Requests by HTTP status; 0 is a request without an answer. */
  statuses: Record<number, number>
  /** From the first request to the last answer. */
  elapsedMs: number
  /** In the order of acceptance; the lead-in is in it. */
  accepted: Accepted[]
}

/** What the load generator can be asked to do; one of the two loads at a time. */
export type LoadCalls = {
  /** Open loop: requests leave on time whether or not earlier ones were answered. */
  atRate: { takes: Target & { perSecond: number; leadInSeconds: number; seconds: number }; gives: LoadResult }
  /** Closed loop: so many requests at once, the next when one is answered. */
  asFastAsAccepted: { takes: Target & { messages: number; concurrency: number }; gives: LoadResult }
  /** Ends `atRate` before its time. */
  stop: { takes: null; gives: null }
}
