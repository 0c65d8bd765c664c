// Texts that a team keeps at hand: read by all who read messages, kept by all who write them.
import {
  createQuickReply,
  maxQuickReplies,
  quickReplies,
  quickReply,
  updateQuickReply,
} from '@wagate/api/quick-reply.ts'
import { type IdKind, isId } from '@wagate/messages/ids.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { QuickReplyStore } from './store.ts'

export type QuickReplyDeps = IdempotencyDeps & { quickReplies: QuickReplyStore; newId: (kind: IdKind) => string }

const tag = 'Quick replies'

export function quickReplyRoutes(mount: Mount, deps: QuickReplyDeps): void {
  const { quickReplies: store, now } = deps

  mount(
    {
      method: 'get',
      path: '/v1/quick-replies',
      scope: 'messages:read',
      tag,
      summary: 'List quick replies',
      description: 'Test and live mode have the same.',
      answers: { 200: { description: 'All of them, by shortcut.', schema: quickReplies } },
      problems: ['views-unavailable'],
    },
    async ({ caller, json }) => json(200, { data: await store.list(caller.tenantId) }),
  )

  mount(
    {
      method: 'post',
      path: '/v1/quick-replies',
      audit: 'quick_reply.created',
      scope: 'messages:write',
      tag,
      summary: 'Add a quick reply',
      body: createQuickReply,
      answers: { 201: { description: 'The quick reply.', schema: quickReply } },
      problems: ['shortcut-taken', 'quick-reply-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body } = call
      const run = async () => {
        const given = { ...body, id: deps.newId('quickReply'), at: now(), most: maxQuickReplies }
        const made = await store.create(caller.tenantId, given)
        if (made === 'full')
          throw new DomainError(
            'quick-reply-limit-reached',
            `The account has ${maxQuickReplies} quick replies, which is the most there can be: delete one first.`,
          )
        if (made === 'taken') throw taken(body.shortcut)
        return { status: 201, body: made }
      }
      const done = await runOnce(deps, caller, call.origin, { body, run })
      const { id, shortcut } = quickReply.parse(done.body)
      call.note({ targets: [id], changes: { shortcut } })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'patch',
      path: '/v1/quick-replies/{reply_id}',
      audit: 'quick_reply.updated',
      scope: 'messages:write',
      tag,
      summary: 'Change a quick reply',
      body: updateQuickReply,
      answers: { 200: { description: 'The quick reply.', schema: quickReply } },
      problems: ['quick-reply-not-found', 'shortcut-taken', 'views-unavailable'],
    },
    async ({ caller, params, body, note, json }) => {
      const { shortcut, text } = body
      const changed = await store.update(caller.tenantId, known(params.reply_id), { shortcut, text, at: now() })
      if (!changed) throw notFound()
      if (changed === 'taken') throw taken(shortcut ?? '')
      note({ changes: { ...(shortcut !== undefined && { shortcut }), text_changed: text !== undefined } })
      return json(200, changed)
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/quick-replies/{reply_id}',
      audit: 'quick_reply.deleted',
      scope: 'messages:write',
      tag,
      summary: 'Delete a quick reply',
      answers: { 204: { description: 'It is gone.' } },
      problems: ['quick-reply-not-found', 'views-unavailable'],
    },
    async ({ caller, params, answer }) => {
      if (!(await store.delete(caller.tenantId, known(params.reply_id)))) throw notFound()
      return answer(204, null, {})
    },
  )
}

const known = (id: string): string => {
  if (isId('quickReply', id)) return id
  throw notFound()
}

const notFound = () =>
  new DomainError('quick-reply-not-found', 'There is no quick reply with this id: see GET /v1/quick-replies.')

const taken = (shortcut: string) =>
  new DomainError('shortcut-taken', `Another quick reply has the shortcut "${shortcut}": choose another one.`, {
    errors: [{ path: 'shortcut', message: 'Choose one that is free.' }],
  })
