import type { Event } from '@wagate/messages/events.ts'
import { eventSubject } from '@wagate/messages/subjects.ts'
import { expect, test } from 'vitest'
import { createHandler } from './consume.ts'
import { createStory } from './testing/world.ts'

const message = (subject: string, event: Event, seq: number) => ({
  ...{ subject, seq, time: new Date(), headers: {}, deliveryCount: 1, working: () => {} },
  data: Buffer.from(JSON.stringify(event)),
})

test("an event under another tenant's subject is set aside and delivered to nobody", async () => {
  const story = createStory()
  const recorded: string[] = []
  const letters: number[] = []
  const aside: string[] = []
  const handle = createHandler(
    {
      hasTenant: () => true,
      record: async (events) => void recorded.push(...events.map(({ event }) => event.id)),
      onPutAside: (_, seq, reason) => aside.push(`${seq} ${reason}`),
    },
    'webhooks-0',
  )
  const [honest, forged] = [story.created(), story.received()]
  await handle(
    [
      message(eventSubject(honest, honest.type), honest, 1),
      message(eventSubject({ ...forged, tenantId: 'ten_another' }, forged.type), forged, 2),
      message(eventSubject({ ...forged, sessionId: 'ses_another' }, forged.type), forged, 3),
    ],
    { deadLetter: async ({ seq }) => void letters.push(seq) },
  )
  expect(recorded).toEqual([honest.id])
  expect(letters).toEqual([2, 3])
  expect(aside).toEqual([2, 3].map((seq) => `${seq} the subject and the envelope disagree`))
})
