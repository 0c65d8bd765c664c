// Questions of gateways about a session's queue: parsed here, answered from memory, stored nowhere.
import { parseJson } from '@wagate/messages/parse.ts'
import { type QueueAnswer, queueQuestion } from '@wagate/messages/questions.ts'
import { type Address, parseQuestionSubject, questionsOfPartition } from '@wagate/messages/subjects.ts'
import type { Answering, Broker } from '@wagate/runtime/broker.ts'

/** Undefined when the session is not hosted here, or not yet: then the answer is empty, so that nobody waits for more. */
export type ReportQueue = (session: Address, messageId: string | undefined) => QueueAnswer | undefined

export const answerQuestions =
  (broker: Pick<Broker, 'answer'>) =>
  (partition: string, report: ReportQueue): Answering =>
    broker.answer(questionsOfPartition(partition), ({ subject, data }) => {
      const session = parseQuestionSubject(subject)
      const parsed = parseJson(data, queueQuestion, (question) => ({ ok: true as const, question }))
      const answer = session && parsed.ok ? report(session, parsed.question.messageId) : undefined
      return Buffer.from(answer ? JSON.stringify(answer) : '')
    })
