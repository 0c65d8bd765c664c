import type { Event } from '@wagate/messages/events.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventSubject, shardOf } from '@wagate/messages/subjects.ts'
import { expect, test } from 'vitest'
import { createHandler } from './consume.ts'
import { createStory, messageIdOf } from './testing/events.ts'

const message = (subject: string, event: Event, seq: number) => ({
  ...{ subject, seq, time: new Date(), headers: {}, deliveryCount: 1, working: () => {} },
  data: Buffer.from(JSON.stringify(event)),
})

test("an event under another tenant's subject is set aside and projected for nobody", async () => {
  const [ours, theirs] = [createStory('ours', 'ten_ours'), createStory('theirs', 'ten_theirs')]
  const projected: string[] = []
  const aside: string[] = []
  const handle = createHandler(
    {
      project: async ({ events }) => void projected.push(...events.map(({ event }) => event.id)),
      onPutAside: (_, seq, reason) => aside.push(`${seq} ${reason}`),
      onUnknownType: () => {},
    },
    shardConsumer('projector', shardOf(ours.sessionId)),
  )
  const honest = ours.created()
  const forged = theirs.received(messageIdOf(1), { phone: '+999100200300' })
  const letters: number[] = []
  await handle(
    [
      message(eventSubject(honest, honest.type), honest, 1),
      message(eventSubject({ ...forged, tenantId: ours.tenantId }, forged.type), forged, 2),
      message(eventSubject({ ...forged, sessionId: ours.sessionId }, forged.type), forged, 3),
    ],
    { deadLetter: async ({ seq }) => void letters.push(seq) },
  )
  expect(projected).toEqual([honest.id])
  expect(letters).toEqual([2, 3])
  expect(aside).toEqual([2, 3].map((seq) => `${seq} the subject and the envelope disagree`))
})
