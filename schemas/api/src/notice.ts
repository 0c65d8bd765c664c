// What GET /v1/events also passes: things that are worth something only now. They have no `id` of their own, are not stored, come
// again to nobody, and are in no webhook: what they tell of can be read with a GET.
import { chatState } from '@wagate/messages/envelope.ts'
import { z } from 'zod'
import { timestamp } from './party.ts'

const ofChat = { chat_id: z.string(), session_id: z.string() }

/** `event:` of the stream is the type, `data:` this object. */
export const notice = z
  .discriminatedUnion('type', [
    /** Somebody changed the session's name, pace or proxy. */
    z.object({ type: z.literal('session.updated'), timestamp, data: z.object({ session_id: z.string() }) }),
    /** Somebody took or gave away the chat, or marked it as read. */
    z.object({ type: z.literal('chat.updated'), timestamp, data: z.object(ofChat) }),
    z
      .object({
        type: z.literal('chat.typing'),
        timestamp,
        data: z.object({ ...ofChat, state: chatState }),
      })
      .meta({
        description:
          'The other side of a chat that is watched types, or stopped; without a `paused` it is over after 25 s all the same.',
      }),
  ])
  .meta({ id: 'Notice' })
export type Notice = z.infer<typeof notice>

export const noticeTypes = [
  'session.updated',
  'chat.updated',
  'chat.typing',
] as const satisfies readonly Notice['type'][]
