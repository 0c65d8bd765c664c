// What can go wrong between a service and its stores, as classes that callers tell apart with `instanceof`.

/** The subject or key is not at the expected sequence (10071): somebody else wrote, or an earlier attempt of ours did. */
export class WrongLastSequence extends Error {
  override readonly name: string = 'WrongLastSequence'
}

/** `create` found a value. */
export class KeyExists extends WrongLastSequence {
  override readonly name = 'KeyExists'
}

/** Another append on the same subject was in flight (10164). Nothing is known to be wrong: try again. */
export class ConcurrentAppend extends Error {
  override readonly name = 'ConcurrentAppend'
}

export type UnavailableReason = 'timeout' | 'no-responders' | 'disconnected' | 'closed'

/** The broker did not answer. With `mayHaveHappened` the write may be stored all the same. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable'
  readonly reason: UnavailableReason
  readonly mayHaveHappened: boolean

  constructor(reason: UnavailableReason, options: { mayHaveHappened: boolean; cause?: unknown }) {
    super(`the broker is unavailable: ${reason}`, { cause: options.cause })
    this.reason = reason
    this.mayHaveHappened = options.mayHaveHappened
  }
}

/** The broker answered with an error of its own; `errorCode` is JetStream's number. */
export class BrokerRefused extends Error {
  override readonly name = 'BrokerRefused'
  /** 4xx or 5xx, as in HTTP. */
  readonly status: number
  readonly errorCode: number

  constructor(description: string, status: number, errorCode: number) {
    super(`the broker refused: ${description} (${errorCode})`)
    this.status = status
    this.errorCode = errorCode
  }
}

/** Streams, buckets or consumers are missing or belong to another layout; the message says what to run. */
export class NotProvisioned extends Error {
  override readonly name = 'NotProvisioned'
}

/** PostgreSQL cannot be reached or is not taking work: the same call may work later. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** For log lines about what will be tried again: a stack trace per attempt would bury the rest. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')
