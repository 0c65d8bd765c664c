// Questions of gateways about a session's queue, and wishes to it: parsed here, answered from memory, stored nowhere.
import { parseJson } from '@wagate/messages/parse.ts'
import { type Question, type QueueAnswer, question } from '@wagate/messages/questions.ts'
import { type Address, parseQuestionSubject, questionsOfPartition } from '@wagate/messages/subjects.ts'
import type { Answering, Broker } from '@wagate/runtime/broker.ts'

/** Undefined when the session is not hosted here, or not yet: then the answer is empty, so that nobody waits for more. */
export type FindAnswerer = (session: Address) => { answer: (question: Question) => QueueAnswer | undefined } | undefined

export const answerQuestions =
  (broker: Pick<Broker, 'answer'>) =>
  (partition: string, find: FindAnswerer): Answering =>
    broker.answer(questionsOfPartition(partition), ({ subject, data }) => {
      const session = parseQuestionSubject(subject)
      const parsed = parseJson(data, question, (asked) => ({ ok: true as const, asked }))
      const answer = session && parsed.ok ? find(session)?.answer(parsed.asked) : undefined
      return Buffer.from(answer ? JSON.stringify(answer) : '')
    })
