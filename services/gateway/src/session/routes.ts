import {
  createSession as createSessionBody,
  session,
  sessionPage,
  sessionsQuery,
  updateSession as updateSessionBody,
} from '@wagate/api/session.ts'
import { sessionHealth } from '@wagate/api/session-health.ts'
import type { LiveNotices } from '../event/notices.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import type { AskQueue } from '../message/find.ts'
import { type ChangeSessionDeps, deleteSession, logoutSession, restartSession } from './change.ts'
import { type CreateSessionDeps, createSession } from './create.ts'
import { type FindSessionDeps, findSession } from './find.ts'
import { createSessionHealth, type HealthDeps } from './health.ts'
import { listSessions } from './list.ts'
import { presentSession } from './present.ts'
import { changesOf, updateSession } from './update.ts'

export type SessionDeps = CreateSessionDeps &
  ChangeSessionDeps &
  FindSessionDeps &
  HealthDeps & {
    cursors: Cursors
    askQueue: AskQueue
    liveNotices: Pick<LiveNotices, 'tell'>
  }

const tag = 'Sessions'

export function sessionRoutes(mount: Mount, deps: SessionDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/sessions',
      audit: 'session.created',
      scope: 'sessions:write',
      tag,
      summary: 'Create a session',
      description: 'A session is one linked WhatsApp account. Fetch its QR code next.',
      body: createSessionBody,
      answers: { 201: { description: 'The session, starting.', schema: session } },
      problems: ['session-limit-reached', 'proxy-refused'],
    },
    async (call) => {
      const done = await createSession(deps, call.caller, call.body, { id: call.requestId, origin: call.origin })
      call.note({ targets: [done.id], changes: { has_proxy: call.body.proxy !== undefined } })
      return call.json(done.status, done.body, { ...done.headers, location: `/v1/sessions/${done.id}` })
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions',
      scope: 'sessions:read',
      bySession: true,
      tag,
      summary: 'List sessions',
      query: sessionsQuery,
      answers: { 200: { description: 'Newest first.', schema: sessionPage } },
      problems: ['invalid-cursor'],
    },
    (call) => {
      const list = [call.caller.tenantId, call.caller.mode, 'sessions']
      const after = call.query.cursor === undefined ? undefined : deps.cursors.decode(list, call.query.cursor)
      const rows = listSessions(deps.directory, call.caller, call.query.limit, after)
      return call.json(200, pageOf(rows, call.query.limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}',
      scope: 'sessions:read',
      bySession: true,
      tag,
      summary: 'Get a session',
      answers: { 200: { description: 'The session as it is now.', schema: session } },
      problems: ['session-not-found'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const answer = await deps.askQueue(found.config)
      return call.json(200, presentSession(found, answer?.depth))
    },
  )

  mount(
    {
      method: 'patch',
      path: '/v1/sessions/{session_id}',
      audit: 'session.updated',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Change a session',
      description:
        'Its name, how fast it writes, and through which proxy it connects. Live sessions are paced because WhatsApp restricts accounts that write faster than people do; test sessions are not, unless they are told to be.',
      body: updateSessionBody,
      answers: {
        200: {
          description:
            'The session as it is now. A pace holds from the next message on; another proxy means a new connection.',
          schema: session,
        },
      },
      problems: ['session-not-found', 'proxy-refused'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const changed = await updateSession(deps, found, call.body)
      call.note({ changes: changesOf(call.body) })
      if (changed.config !== found.config) {
        const { tenantId, mode, sessionId } = changed.config
        const told = { v: 1, type: 'session.updated', sessionId, at: deps.now().toISOString() } as const
        deps.liveNotices.tell(tenantId, mode, told)
      }
      return call.json(200, presentSession(changed))
    },
  )

  const healthOf = createSessionHealth(deps)
  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/health',
      scope: 'sessions:read',
      bySession: true,
      tag,
      summary: 'How a session fares',
      description:
        'Asks the worker that hosts the session, for at most 1.5 seconds; `checked_at` says how old the answer is. `verdict` is the worst finding, and each finding says what to do.',
      answers: { 200: { description: 'The facts, and what they amount to.', schema: sessionHealth } },
      problems: ['session-not-found'],
    },
    async (call) =>
      call.json(200, await healthOf(await findSession(deps, call.caller, call.params.session_id), call.requestId)),
  )

  mount(
    {
      method: 'delete',
      path: '/v1/sessions/{session_id}',
      audit: 'session.deleted',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Delete a session',
      description: 'Unlinks the account and forgets its keys. From now on the session is not found.',
      answers: { 204: { description: 'It is gone.' } },
      problems: ['session-not-found'],
    },
    async (call) => {
      const { config } = await findSession(deps, call.caller, call.params.session_id)
      await deleteSession(deps, config, call.requestId)
      return call.answer(204, null, {})
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/restart',
      audit: 'session.restarted',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Restart a session',
      description:
        'Closes its socket and opens it again. A session that was logged out starts afresh, with a new QR code.',
      answers: { 202: { description: 'It will restart.', schema: session } },
      problems: ['session-not-found'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const done = await restartSession(deps, call.caller, found, { id: call.requestId, origin: call.origin })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/logout',
      audit: 'session.logged_out',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Log a session out',
      description: 'Unlinks the account at WhatsApp. The session stays, closed; restart it to link an account again.',
      answers: { 202: { description: 'It will be logged out.', schema: session } },
      problems: ['session-not-found', 'session-not-linked', 'session-closed'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const done = await logoutSession(deps, call.caller, found, { id: call.requestId, origin: call.origin })
      return call.json(done.status, done.body, done.headers)
    },
  )
}
