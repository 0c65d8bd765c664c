import { createSession as createSessionBody, qr, session, sessionPage, sessionsQuery } from '@wagate/api/session.ts'
import type { PairingRecord } from '@wagate/messages/control.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type ChangeSessionDeps, deleteSession, logoutSession, restartSession } from './change.ts'
import { type CreateSessionDeps, createSession } from './create.ts'
import { type FindSessionDeps, findSession } from './find.ts'
import { listSessions } from './list.ts'
import { checkCanPair, presentSession } from './present.ts'
import { qrPng } from './qr-png.ts'

export type SessionDeps = CreateSessionDeps &
  ChangeSessionDeps &
  FindSessionDeps & {
    cursors: Cursors
    readPairing: (tenantId: string, sessionId: string) => Promise<PairingRecord | undefined>
  }

const tag = 'Sessions'

export function sessionRoutes(mount: Mount, deps: SessionDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/sessions',
      scope: 'sessions:write',
      tag,
      summary: 'Create a session',
      description: 'A session is one linked WhatsApp account. Fetch its QR code next.',
      body: createSessionBody,
      answers: { 201: { description: 'The session, starting.', schema: session } },
      problems: ['session-limit-reached'],
    },
    async (call) => {
      const done = await createSession(deps, call.caller, call.body, { id: call.requestId, origin: call.origin })
      return call.json(done.status, done.body, { ...done.headers, location: `/v1/sessions/${done.id}` })
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions',
      scope: 'sessions:read',
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
      tag,
      summary: 'Get a session',
      answers: { 200: { description: 'The session as it is now.', schema: session } },
      problems: ['session-not-found'],
    },
    async (call) => call.json(200, presentSession(await findSession(deps, call.caller, call.params.session_id))),
  )

  mount(
    {
      method: 'delete',
      path: '/v1/sessions/{session_id}',
      scope: 'sessions:write',
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
      method: 'get',
      path: '/v1/sessions/{session_id}/qr',
      scope: 'sessions:write',
      tag,
      summary: 'Get the QR code to scan',
      description:
        'As JSON, or as an image with `Accept: image/png`. It changes every 20 to 60 seconds: fetch it again when it has expired.',
      answers: {
        200: {
          description: 'The QR code that is valid now.',
          schema: qr,
          contentTypes: ['application/json', 'image/png'],
        },
      },
      problems: ['session-not-found', 'session-already-linked', 'session-closed', 'qr-not-ready', 'not-acceptable'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const wanted = imageOrJson(call.header('accept'))
      const pairing = await currentQr(deps, found)
      if (wanted === 'png') return call.answer(200, await qrPng(pairing.qr), { 'content-type': 'image/png' })
      return call.json(200, { qr: pairing.qr, expires_at: pairing.expiresAt })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/restart',
      scope: 'sessions:write',
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
      scope: 'sessions:write',
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

/** The QR string that the session shows now. Throws `session-already-linked`, `session-closed` or `qr-not-ready`. */
export async function currentQr(
  deps: Pick<SessionDeps, 'readPairing' | 'now'>,
  found: Awaited<ReturnType<typeof findSession>>,
): Promise<PairingRecord> {
  checkCanPair(found)
  // A string of an earlier attempt may still be there, and cannot be scanned any more.
  const isShowing = found.state?.status === 'awaiting_qr'
  const pairing = isShowing ? await deps.readPairing(found.config.tenantId, found.config.sessionId) : undefined
  if (pairing && Date.parse(pairing.expiresAt) > deps.now().getTime()) return pairing
  throw new DomainError(
    'qr-not-ready',
    'The session is still starting or changes its QR code: ask again in a second.',
    {
      retryAfterSeconds: 1,
    },
  )
}

function imageOrJson(accept: string | undefined): 'png' | 'json' {
  if (accept === undefined || /(application|\*)\/(json|\*)/.test(accept)) return 'json'
  if (/image\/(png|\*)/.test(accept)) return 'png'
  throw new DomainError(
    'not-acceptable',
    'The QR code comes as application/json or image/png: name one of them in Accept.',
  )
}
