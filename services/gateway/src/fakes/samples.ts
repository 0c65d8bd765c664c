// What there is one of in every fake world.
import type { Message } from '@wagate/api/message.ts'

export const workerId = 'wrk_0123456789abcdef'
export const aWorker = {
  v: 1,
  workerId,
  host: 'node-a',
  startedAt: '2026-11-20T10:00:00.000Z',
  engines: 1,
  capacity: 1_000,
  partitions: 64,
  sessions: 4,
}

export const aMessage: Omit<Message, 'id' | 'session_id' | 'chat_id'> = {
  direction: 'outbound',
  via: 'api',
  status: 'sent',
  queue: null,
  chat: { phone: '+999100200300', lid: null },
  from: null,
  type: 'text',
  text: { body: 'hi' },
  wa_message_id: null,
  error: null,
  created_at: '2026-11-20T10:00:00.000Z',
  sent_at: null,
  delivered_at: null,
  read_at: null,
  played_at: null,
  failed_at: null,
  cancelled_at: null,
  expired_at: null,
}
