// DEAD_LETTERS from the newest back. The broker reads forward only, so windows of positions are read, each lower than the one before.
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'
import { deadLetters } from './letter.ts'

export type ScanDeps = { broker: Pick<Broker, 'readSubject' | 'streamState'> }

/** Positions read at once; more where messages were deleted. */
const narrow = 128
const wide = 4_096
/** Read for one page at most; then it ends early, and the next one goes on. */
const maxRead = 4_096

export type Scanned = {
  letters: StoredMessage[]
  /** Below it there may be more; undefined at the end of the stream. */
  below: number | undefined
}

/** The newest messages below a position that match, `limit` at most, under subjects of DEAD_LETTERS. */
export async function newestFirst(
  { broker }: ScanDeps,
  { subject, below, limit }: { subject: string; below: number | undefined; limit: number },
  matches: (message: StoredMessage) => boolean,
): Promise<Scanned> {
  const { firstSeq, lastSeq, messages } = await broker.streamState(deadLetters)
  if (messages === 0) return { letters: [], below: undefined }
  const letters: StoredMessage[] = []
  let toSeq = Math.min(lastSeq, (below ?? lastSeq + 1) - 1)
  let read = 0
  for (let width = narrow; toSeq >= firstSeq && read < maxRead; ) {
    const fromSeq = Math.max(firstSeq, toSeq - width + 1)
    const found = await Array.fromAsync(broker.readSubject(deadLetters, subject, { fromSeq, toSeq }))
    read += found.length
    for (const message of found.toReversed()) {
      if (!matches(message)) continue
      if (letters.length === limit) return { letters, below: letters.at(-1)?.seq }
      letters.push(message)
    }
    toSeq = fromSeq - 1
    width = found.length === 0 ? Math.min(wide, width * 4) : narrow
  }
  return { letters, below: toSeq >= firstSeq ? toSeq + 1 : undefined }
}
