// Linking an account: the QR code to scan, and the pairing code to type.
import { pairingCode, qr, requestPairingCode } from '@wagate/api/session.ts'
import { formatOf } from '../http/format.ts'
import type { Mount } from '../http/route.ts'
import { findSession } from './find.ts'
import { currentCode, currentQr, type RequestCodeDeps, requestCode } from './pairing.ts'
import { qrPng } from './qr-png.ts'

const tag = 'Sessions'
const qrFormats = { json: 'application/json', png: 'image/png' } as const

export function pairingRoutes(mount: Mount, deps: RequestCodeDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/qr',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Get the QR code to scan',
      description:
        'As JSON, or as an image with `Accept: image/png`. It changes every 40 seconds: fetch it again when it has expired.',
      answers: {
        200: {
          description: 'The QR code that is valid now.',
          schema: qr,
          contentTypes: Object.values(qrFormats),
        },
      },
      problems: ['session-not-found', 'session-already-linked', 'session-closed', 'qr-not-ready', 'not-acceptable'],
    },
    async (call) => {
      const found = await findSession(deps, call.caller, call.params.session_id)
      const wanted = formatOf(call.header('accept'), qrFormats, 'The QR code comes')
      const pairing = await currentQr(deps, found)
      if (wanted === 'png') return call.answer(200, await qrPng(pairing.qr), { 'content-type': qrFormats.png })
      return call.json(200, { qr: pairing.qr, expires_at: pairing.expiresAt })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/sessions/{session_id}/pairing-code',
      audit: 'session.pairing_code_requested',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Ask for a pairing code',
      description:
        'Links an account without a QR code: type the code on the phone with this number, under Linked devices → Link with phone number. The number gets the code that is valid now, or a new one; the QR code goes on working. At most five new codes an hour and session, since WhatsApp throttles them.',
      body: requestPairingCode,
      answers: {
        200: { description: 'The code.', schema: pairingCode },
        202: { description: 'It is on its way: fetch it with GET.', schema: pairingCode },
      },
      problems: [
        'session-not-found',
        'session-already-linked',
        'session-closed',
        'pairing-code-not-ready',
        'pairing-number-refused',
        'pairing-code-limit',
      ],
    },
    async (call) => {
      const { phone } = call.body
      const found = await findSession(deps, call.caller, call.params.session_id)
      const done = await requestCode(deps, call.caller, found, { id: call.requestId, origin: call.origin, phone })
      const location = `/v1/sessions/${found.config.sessionId}/pairing-code`
      return call.json(done.status, done.body, { ...done.headers, location })
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/pairing-code',
      scope: 'sessions:write',
      bySession: true,
      tag,
      summary: 'Get the pairing code to type',
      description:
        'The code that was asked for last. It lives for 160 seconds; one that is lost before, because the session moved to another worker, is replaced.',
      answers: { 200: { description: 'The code that is valid now.', schema: pairingCode } },
      problems: [
        'session-not-found',
        'session-already-linked',
        'session-closed',
        'pairing-code-not-ready',
        'pairing-number-refused',
        'pairing-code-limit',
      ],
    },
    async (call) =>
      call.json(200, await currentCode(deps, await findSession(deps, call.caller, call.params.session_id))),
  )
}
