// DEAD_LETTERS in memory, with what was published back.
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import type { DeadLetterDeps } from '../dead-letter/routes.ts'
import type { StreamStateDeps } from '../streams/routes.ts'

export function fakeBroker() {
  const letters = new Map<number, StoredMessage>()
  const republished: { subject: string; msgId: string | undefined }[] = []
  let lastSeq = 0
  const broker: DeadLetterDeps['broker'] & StreamStateDeps['broker'] = {
    consumerStates: async () => [],
    firstFrom: async () => undefined,
    streamState: async () => ({
      ...{ messages: letters.size, bytes: 0, firstSeq: Math.min(...letters.keys()), lastSeq },
      ...{ consumers: 0, replicas: 1, maxAgeMs: 0 },
    }),
    async *readSubject(_stream, subject, { fromSeq = 1, toSeq = lastSeq } = {}) {
      const prefix = subject.replace(/[*>]$/, '')
      for (const [seq, message] of letters)
        if (seq >= fromSeq && seq <= toSeq && message.subject.startsWith(prefix)) yield message
    },
    messageAt: async (_stream, seq) => letters.get(seq),
    deleteMessage: async (_stream, seq) => letters.delete(seq),
    publish: async (subject, _data, options) => {
      republished.push({ subject, msgId: options?.msgId })
      return { stream: 'COMMANDS', seq: republished.length, duplicate: false }
    },
  }
  return {
    ...{ broker, republished },
    /** Sets something aside, as a consumer does; answers its position. */
    setAside(subject: string, headers: Record<string, string> = {}, consumer = 'worker-s1'): number {
      const stream = subject.startsWith('cmd.') ? 'COMMANDS' : subject.startsWith('aud.') ? 'AUDIT' : 'EVENTS'
      lastSeq += 1
      letters.set(lastSeq, {
        ...{ subject: `dlq.${stream}.${consumer}`, seq: lastSeq, time: new Date(), data: Buffer.from('secret') },
        headers: { 'Wagate-Subject': subject, 'Wagate-Reason': 'there is no such session', ...headers },
      })
      return lastSeq
    },
    /** As if others had been there and are gone. */
    moveOn: (positions: number) => {
      lastSeq += positions
    },
  }
}
