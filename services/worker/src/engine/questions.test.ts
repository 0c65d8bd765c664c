import { type QueueAnswer, queueAnswer } from '@wagate/messages/questions.ts'
import { questionSubject } from '@wagate/messages/subjects.ts'
import { expect, test } from 'vitest'
import { answerQuestions, type FindAnswerer } from './questions.ts'

const address = { partition: 's3', tenantId: 'ten_A', sessionId: 'ses_A' }
const answer: QueueAnswer = { v: 1, depth: { high: 1, normal: 2, bulk: 3 } }

/** What is answered to those bytes. */
function ask(bytes: string, find: FindAnswerer, subject = questionSubject(address)): string {
  let answered = ''
  const broker = {
    answer: (_: string, handle: (question: { subject: string; data: Uint8Array }) => Uint8Array) => {
      answered = Buffer.from(handle({ subject, data: Buffer.from(bytes) })).toString()
      return { close: () => {} }
    },
  }
  answerQuestions(broker)('s3', find)
  return answered
}

test('a question names a session and perhaps a message, and is answered from memory; a wish has no answer', () => {
  const asked: unknown[] = []
  const find: FindAnswerer = ({ tenantId, sessionId }) => ({
    answer: (question) => {
      asked.push([tenantId, sessionId, question])
      return 'kind' in question ? undefined : answer
    },
  })
  expect(queueAnswer.parse(JSON.parse(ask('{"v":1}', find)))).toEqual(answer)
  ask('{"v":1,"messageId":"msg_1"}', find)
  const typing = { v: 1, kind: 'typing', chat: { lid: '1@lid' }, state: 'composing' }
  expect(ask(JSON.stringify(typing), find)).toBe('')
  expect(asked).toEqual([
    ['ten_A', 'ses_A', { v: 1 }],
    ['ten_A', 'ses_A', { v: 1, messageId: 'msg_1' }],
    ['ten_A', 'ses_A', typing],
  ])
})

test.each([
  ['a session that is not here', '{"v":1}', () => undefined],
  ['no JSON', '{', () => ({ answer: () => answer })],
  ['another version', '{"v":2}', () => ({ answer: () => answer })],
])('%s gets an empty answer, so that nobody waits for more', (_, bytes, find) => {
  expect(ask(bytes, find)).toBe('')
})
