// Asks the worker that has a session how its queue stands. The answer is worth little later, so nothing waits long for it.
import { hostPartition } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { type QueueQuestion, queueAnswer } from '@wagate/messages/questions.ts'
import { questionSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import type { AskQueue } from './find.ts'

/** An engine that encrypts a backlog answers within some tens of milliseconds. */
const timeoutMs = 400

export function createAskQueue(broker: Pick<Broker, 'ask'>): AskQueue {
  return async (session, about) => {
    const question: QueueQuestion = { v: 1, ...about }
    try {
      const subject = questionSubject({ ...session, partition: hostPartition(session) })
      const bytes = await broker.ask(subject, Buffer.from(JSON.stringify(question)), { timeoutMs })
      const parsed = parseJson(bytes, queueAnswer, (answer) => ({ ok: true as const, answer }))
      return parsed.ok ? parsed.answer : undefined
    } catch (error) {
      if (error instanceof BrokerUnavailable) return undefined
      throw error
    }
  }
}
