import {
  createPhone,
  enterCode,
  phone,
  phoneMessagePage,
  phoneMessagesQuery,
  phonePage,
  phoneRead,
  phoneReadAnswer,
  phoneSend,
  phoneSent,
  phoneTyping,
  scan,
  scanned,
  undecryptablePage,
} from '@wagate/api/sandbox.ts'
import { limitsOf } from '@wagate/messages/control.ts'
import type { Caller } from '../access/authenticate.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type FindSessionDeps, findSession } from '../session/find.ts'
import { currentQr, type PairingDeps } from '../session/pairing.ts'
import type { SandboxControl } from './control.ts'

export type SandboxDeps = FindSessionDeps & IdempotencyDeps & PairingDeps & { sandbox: SandboxControl }

const shared = { tag: 'Sandbox', scope: 'sandbox', testOnly: true } as const
const unaudited = 'a virtual phone plays the part of somebody else: it is no setting of the account'
const found = { problems: ['phone-not-found', 'sandbox-unavailable'] } as const

export function sandboxRoutes(mount: Mount, deps: SandboxDeps): void {
  const { sandbox } = deps

  mount(
    {
      ...shared,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones',
      summary: 'Create a virtual phone',
      description:
        'It behaves like the phone of a person: it scans, receives, reads and writes. Only your own sessions and phones can reach it.',
      body: createPhone,
      answers: { 201: { description: 'The phone, online.', schema: phone } },
      problems: ['phone-limit-reached', 'phone-number-taken', 'sandbox-unavailable'],
    },
    async (call) => {
      const run = async () => {
        await checkPhoneLimit(sandbox, call.caller)
        return { status: 201, body: await sandbox.create(call.caller.tenantId, call.body) }
      }
      const done = await runOnce(deps, call.caller, call.origin, { body: call.body, run })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      ...shared,
      method: 'get',
      path: '/v1/sandbox/phones',
      summary: 'List virtual phones',
      answers: { 200: { description: 'All of them.', schema: phonePage } },
      problems: ['sandbox-unavailable'],
    },
    async (call) => call.json(200, { data: await sandbox.list(call.caller.tenantId), next_cursor: null }),
  )

  mount(
    {
      ...shared,
      ...found,
      method: 'get',
      path: '/v1/sandbox/phones/{phone_id}',
      summary: 'Get a virtual phone',
      answers: { 200: { description: 'The phone.', schema: phone } },
    },
    async (call) => call.json(200, await sandbox.get(call.caller.tenantId, call.params.phone_id)),
  )

  mount(
    {
      ...shared,
      ...found,
      method: 'delete',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}',
      summary: 'Delete a virtual phone',
      answers: { 204: { description: 'It is gone, and its sessions are unlinked.' } },
    },
    async (call) => {
      await sandbox.delete(call.caller.tenantId, call.params.phone_id)
      return call.answer(204, null, {})
    },
  )

  mount(
    {
      ...shared,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}/scan',
      summary: 'Scan a QR code',
      description: 'Links a session to this phone: name the session, or pass the QR string that it shows.',
      body: scan,
      answers: { 200: { description: 'Linked.', schema: scanned } },
      problems: [
        'phone-not-found',
        'phone-offline',
        'session-not-found',
        'session-already-linked',
        'session-closed',
        'qr-not-ready',
        'qr-refused',
        'sandbox-unavailable',
      ],
    },
    async (call) => {
      const { tenantId } = call.caller
      await sandbox.get(tenantId, call.params.phone_id)
      const qr = call.body.qr ?? (await qrOf(deps, call.caller, call.body.session_id ?? ''))
      return call.json(200, await sandbox.scan(tenantId, call.params.phone_id, qr))
    },
  )

  mount(
    {
      ...shared,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}/enter-code',
      summary: 'Enter a pairing code',
      description: 'Links the session that asked for a code for the number of this phone.',
      body: enterCode,
      answers: { 200: { description: 'Linked.', schema: scanned } },
      problems: ['phone-not-found', 'phone-offline', 'code-refused', 'sandbox-unavailable'],
    },
    async (call) => call.json(200, await sandbox.enterCode(call.caller.tenantId, call.params.phone_id, call.body.code)),
  )

  mount(
    {
      ...shared,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}/messages',
      summary: 'Write a message on a virtual phone',
      body: phoneSend,
      answers: { 202: { description: 'Written; it leaves when the phone is online.', schema: phoneSent } },
      problems: ['phone-not-found', 'recipient-unknown', 'sandbox-unavailable'],
    },
    async (call) => {
      const run = async () => ({
        status: 202,
        body: await sandbox.send(call.caller.tenantId, call.params.phone_id, call.body),
      })
      const done = await runOnce(deps, call.caller, call.origin, { body: call.body, run })
      return call.json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      ...shared,
      ...found,
      method: 'get',
      path: '/v1/sandbox/phones/{phone_id}/messages',
      summary: 'See what a virtual phone shows',
      query: phoneMessagesQuery,
      answers: { 200: { description: 'Oldest first, each message once.', schema: phoneMessagePage } },
    },
    async (call) => {
      const { cursor, limit } = call.query
      const data = await sandbox.messages(call.caller.tenantId, call.params.phone_id, { after: cursor, limit })
      const last = data.at(-1)
      return call.json(200, { data, next_cursor: last && data.length === limit ? String(last.seq) : null })
    },
  )

  mount(
    {
      ...shared,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}/typing',
      summary: 'Type on a virtual phone',
      description: 'As WhatsApp does it, sessions hear of it only while somebody watches the chat.',
      body: phoneTyping,
      answers: { 204: { description: 'It is passed on to whoever watches.' } },
      problems: ['phone-not-found', 'phone-offline', 'recipient-unknown', 'sandbox-unavailable'],
    },
    async (call) => {
      await sandbox.type(call.caller.tenantId, call.params.phone_id, call.body)
      return call.answer(204, null, {})
    },
  )

  mount(
    {
      ...shared,
      ...found,
      method: 'post',
      unaudited,
      path: '/v1/sandbox/phones/{phone_id}/read',
      summary: 'Read messages on a virtual phone',
      body: phoneRead.optional(),
      answers: { 200: { description: 'How many became read.', schema: phoneReadAnswer } },
    },
    async (call) => call.json(200, await sandbox.read(call.caller.tenantId, call.params.phone_id, call.body?.ids)),
  )

  for (const online of [true, false])
    mount(
      {
        ...shared,
        ...found,
        method: 'post',
        unaudited,
        path: `/v1/sandbox/phones/{phone_id}/${online ? 'online' : 'offline'}`,
        summary: online ? 'Switch a virtual phone on' : 'Switch a virtual phone off',
        description: online ? 'What it missed arrives now.' : 'Messages wait for it until it is online again.',
        answers: { 200: { description: 'The phone.', schema: phone } },
      },
      async (call) => call.json(200, await sandbox.setOnline(call.caller.tenantId, call.params.phone_id, online)),
    )

  mount(
    {
      ...shared,
      ...found,
      method: 'get',
      path: '/v1/sandbox/phones/{phone_id}/undecryptable',
      summary: 'List what a virtual phone could not decrypt',
      answers: { 200: { description: 'Normally empty.', schema: undecryptablePage } },
    },
    async (call) =>
      call.json(200, {
        data: await sandbox.undecryptable(call.caller.tenantId, call.params.phone_id),
        next_cursor: null,
      }),
  )
}

async function qrOf(deps: SandboxDeps, caller: Caller, sessionId: string): Promise<string> {
  const session = await findSession(deps, caller, sessionId)
  return (await currentQr(deps, session)).qr
}

/** Two requests at once may exceed the limit by one: phones are cheap. */
async function checkPhoneLimit(sandbox: SandboxControl, caller: Caller): Promise<void> {
  const { sandboxPhones: limit } = limitsOf(caller.tenant)
  if ((await sandbox.list(caller.tenantId)).length < limit) return
  throw new DomainError(
    'phone-limit-reached',
    `This account may have ${limit} sandbox phones: delete one with DELETE /v1/sandbox/phones/{id}.`,
  )
}
