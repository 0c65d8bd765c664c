import { type QueueAnswer, queueAnswer } from '@wagate/messages/questions.ts'
import { questionSubject } from '@wagate/messages/subjects.ts'
import { expect, test } from 'vitest'
import { answerQuestions, type ReportQueue } from './questions.ts'

const address = { partition: 's3', tenantId: 'ten_A', sessionId: 'ses_A' }
const answer: QueueAnswer = { v: 1, depth: { high: 1, normal: 2, bulk: 3 } }

/** What is answered to those bytes. */
function ask(bytes: string, report: ReportQueue, subject = questionSubject(address)): string {
  let answered = ''
  const broker = {
    answer: (_: string, handle: (question: { subject: string; data: Uint8Array }) => Uint8Array) => {
      answered = Buffer.from(handle({ subject, data: Buffer.from(bytes) })).toString()
      return { close: () => {} }
    },
  }
  answerQuestions(broker)('s3', report)
  return answered
}

test('a question names a session and perhaps a message, and is answered from memory', () => {
  const asked: unknown[] = []
  const report: ReportQueue = ({ tenantId, sessionId }, messageId) => {
    asked.push([tenantId, sessionId, messageId])
    return answer
  }
  expect(queueAnswer.parse(JSON.parse(ask('{"v":1}', report)))).toEqual(answer)
  ask('{"v":1,"messageId":"msg_1"}', report)
  expect(asked).toEqual([
    ['ten_A', 'ses_A', undefined],
    ['ten_A', 'ses_A', 'msg_1'],
  ])
})

test.each([
  ['a session that is not here', '{"v":1}', () => undefined],
  ['no JSON', '{', () => answer],
  ['another version', '{"v":2}', () => answer],
])('%s gets an empty answer, so that nobody waits for more', (_, bytes, report) => {
  expect(ask(bytes, report)).toBe('')
})
