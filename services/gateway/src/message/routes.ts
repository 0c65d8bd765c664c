import {
  acceptedMessage,
  message,
  messagePage,
  messagesQuery,
  sendMessage as sendMessageBody,
} from '@wagate/api/message.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import { type FindSessionDeps, findSession } from '../session/find.ts'
import { type CancelMessageDeps, cancelMessage } from './cancel.ts'
import { type FindMessageDeps, findMessage } from './find.ts'
import { type SendMessageDeps, sendMessage } from './send.ts'
import type { MessageViews } from './views.ts'

export type MessageDeps = SendMessageDeps &
  FindMessageDeps &
  CancelMessageDeps &
  FindSessionDeps & { cursors: Cursors; views: MessageViews }

const tag = 'Messages'
const inTheMessageLog = 'what becomes of a message is told by its own events'

export function messageRoutes(mount: Mount, deps: MessageDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/messages',
      unaudited: inTheMessageLog,
      scope: 'messages:write',
      bySession: true,
      tag,
      summary: 'Send a message',
      description:
        'Answers when the message is stored safely; it is sent in its turn, at the pace of the session. What becomes of it comes as events (`message.sent`, `message.delivered`, …).',
      body: sendMessageBody,
      answers: { 202: { description: 'Accepted.', schema: acceptedMessage } },
      problems: [
        'session-not-found',
        'session-closed',
        'session-not-linked',
        'session-queue-full',
        'message-quota-exceeded',
      ],
    },
    async (call) => {
      const { caller, body, requestId: id, origin } = call
      const session = await findSession(deps, caller, call.params.session_id)
      const sending = sendMessage(deps, caller, session, body, { id, origin })
      const done = await sending.finally(() => call.announce(deps.quota.states(caller)))
      return call.json(done.status, done.body, { ...done.headers, location: `/v1/messages/${done.id}` })
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/messages',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'List the messages of a session',
      query: messagesQuery,
      answers: { 200: { description: 'Newest first, in both directions.', schema: messagePage } },
      problems: ['session-not-found', 'invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { config } = await findSession(deps, call.caller, call.params.session_id)
      const list = [tenantId, mode, 'messages of session', config.sessionId]
      const after = call.query.cursor === undefined ? undefined : deps.cursors.decode(list, call.query.cursor)
      const page = { limit: call.query.limit, after }
      const rows = await deps.views.listMessages(tenantId, mode, { sessionId: config.sessionId }, page)
      return call.json(200, pageOf(rows, page.limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/messages/{message_id}',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'Get a message of a session',
      description: 'As `GET /v1/messages/{message_id}`; it also finds a message that has waited for more than a day.',
      answers: { 200: { description: 'The message and how far it got.', schema: message } },
      problems: ['session-not-found', 'message-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { config } = await findSession(deps, call.caller, call.params.session_id)
      return call.json(200, await findMessage(deps, call.caller, call.params.message_id, config))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/messages/{message_id}/cancel',
      unaudited: inTheMessageLog,
      scope: 'messages:write',
      bySession: true,
      tag,
      summary: 'Cancel a message that waits',
      description:
        'If it still waits when this arrives, it is not sent: the event `message.cancelled` says so. If WhatsApp has it by then, nothing changes.',
      answers: {
        202: { description: 'The message as it was; it will be cancelled if it still waits.', schema: message },
      },
      problems: ['session-not-found', 'message-not-found', 'message-not-waiting', 'views-unavailable'],
    },
    async (call) => {
      const { caller, params, requestId, origin } = call
      const { config } = await findSession(deps, caller, params.session_id)
      const done = await cancelMessage(deps, caller, config, params.message_id, { id: requestId, origin })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/messages/{message_id}',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'Get a message',
      answers: { 200: { description: 'The message and how far it got.', schema: message } },
      problems: ['message-not-found', 'views-unavailable'],
    },
    async (call) => call.json(200, await findMessage(deps, call.caller, call.params.message_id)),
  )
}
