// The sandbox's control API, as one tenant may use it: phones of its own realm and no others.

import type { ProblemCode } from '@wagate/api/problems.ts'
import type { CreatePhone, PhoneSend, PhoneTyping, Scanned } from '@wagate/api/sandbox.ts'
import {
  phoneMessage,
  phoneReadAnswer,
  phone as phoneSchema,
  phoneSent,
  scanned,
  undecryptable,
} from '@wagate/api/sandbox.ts'
import { z } from 'zod'
import { DomainError } from '../http/problem.ts'

export type SandboxControl = ReturnType<typeof createSandboxControl>
export type SandboxControlDeps = { baseUrl: string; token: string; fetch: typeof fetch; timeoutMs: number }

/** Every call throws `phone-not-found` for a phone of another realm, and `sandbox-unavailable` without an answer. */
export function createSandboxControl(deps: SandboxControlDeps) {
  const phones = '/control/phones'
  const of = (id: string, verb = '') => `${phones}/${encodeURIComponent(id)}${verb}`

  /** Throws unless the phone belongs to the realm. */
  async function phoneOf(realm: string, id: string) {
    const found = await call(deps, 'GET', of(id), phoneSchema.extend({ realm: z.string() }))
    if (found.realm !== realm) throw notFound()
    return phoneSchema.parse(found)
  }

  /** A call about a phone, once it is known to be the realm's. */
  const about = async <Value>(
    realm: string,
    id: string,
    method: string,
    verb: string,
    schema: z.ZodType<Value>,
    body?: unknown,
  ) => {
    await phoneOf(realm, id)
    return call(deps, method, of(id, verb), schema, body)
  }

  return {
    get: phoneOf,
    list: async (realm: string) => {
      const query = new URLSearchParams({ realm })
      return (await call(deps, 'GET', `${phones}?${query}`, z.object({ items: z.array(phoneSchema) }))).items
    },
    create: (realm: string, body: CreatePhone) => call(deps, 'POST', phones, phoneSchema, { ...body, realm }),
    delete: (realm: string, id: string) => about(realm, id, 'DELETE', '', z.undefined()),
    scan: (realm: string, id: string, qr: string): Promise<Scanned> =>
      about(realm, id, 'POST', '/scan', scanned, { qr }),
    enterCode: async (realm: string, id: string, code: string): Promise<Scanned> =>
      about(realm, id, 'POST', '/enter-code', scanned, { code }).catch(asCodeRefusal),
    send: (realm: string, id: string, body: PhoneSend) => about(realm, id, 'POST', '/messages', phoneSent, body),
    type: (realm: string, id: string, body: PhoneTyping) => about(realm, id, 'POST', '/typing', z.undefined(), body),
    read: (realm: string, id: string, ids: string[] | undefined) =>
      about(realm, id, 'POST', '/read', phoneReadAnswer, ids === undefined ? {} : { ids }),
    setOnline: (realm: string, id: string, online: boolean) =>
      about(realm, id, 'POST', online ? '/online' : '/offline', phoneSchema),
    messages: async (realm: string, id: string, page: { after: string; limit: number }) => {
      const query = new URLSearchParams({ after: page.after, limit: String(page.limit) })
      return (await about(realm, id, 'GET', `/messages?${query}`, z.object({ items: z.array(phoneMessage) }))).items
    },
    undecryptable: async (realm: string, id: string) =>
      (await about(realm, id, 'GET', '/undecryptable', z.object({ items: z.array(undecryptable) }))).items,
  }
}

async function call<Value>(
  deps: SandboxControlDeps,
  method: string,
  path: string,
  schema: z.ZodType<Value>,
  body?: unknown,
): Promise<Value> {
  const response = await request(deps, method, path, body)
  const answer: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined)
  if (!response.ok) throw refusal(answer)
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw unavailable(parsed.error)
}

async function request(deps: SandboxControlDeps, method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await deps.fetch(new URL(path, deps.baseUrl), {
      method,
      signal: AbortSignal.timeout(deps.timeoutMs),
      headers: {
        authorization: `Bearer ${deps.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw unavailable(cause)
  }
}

/** The sandbox's codes → ours, with a sentence for the customer. */
const refusals: Record<string, [ProblemCode, string]> = {
  'number-taken': ['phone-number-taken', 'Another phone has this number: choose another one, or leave it out.'],
  'phone-offline': ['phone-offline', 'The phone is offline: switch it on with POST /v1/sandbox/phones/{id}/online.'],
  'too-many-devices': ['qr-refused', 'The phone is linked to as many sessions as it can be: delete one of them first.'],
  'qr-invalid': [
    'qr-refused',
    'This is not the QR string of a session: send the one that GET /v1/sessions/{id}/qr gives.',
  ],
  'qr-unknown': ['qr-refused', 'No session waits with this QR string: fetch a new one and scan it at once.'],
  'qr-expired': ['qr-refused', 'The QR string has expired: fetch a new one and scan it at once.'],
  'qr-used': ['qr-refused', 'The QR string was scanned before: fetch a new one.'],
  'client-did-not-answer': ['qr-refused', 'The session did not finish linking: fetch what it shows now and try again.'],
  'code-invalid': ['code-refused', 'A pairing code has eight letters and digits, like "ABCD-EFGH".'],
  'code-unknown': ['code-refused', 'No session has asked for a pairing code for the number of this phone.'],
  'code-wrong': ['code-refused', 'The session shows another pairing code for this phone: check it, or fetch it again.'],
  'code-expired': ['code-refused', 'The pairing code has expired: ask the session for a new one.'],
  'code-used': ['code-refused', 'A pairing code is being entered on this phone, or was: see whether it is linked.'],
  'not-on-whatsapp': [
    'recipient-unknown',
    'No sandbox phone of yours has this number: create one, or check the number.',
  ],
}

function refusal(answer: unknown): DomainError {
  const parsed = z.object({ code: z.string(), detail: z.string() }).safeParse(answer)
  if (!parsed.success) return unavailable(answer)
  const { code, detail } = parsed.data
  if (code === 'phone-not-found') return notFound()
  if (code === 'invalid-request') return new DomainError('invalid-request', detail)
  const known = refusals[code]
  return known ? new DomainError(...known) : unavailable(code)
}

/** What can go wrong with a QR string and with a code alike. */
function asCodeRefusal(error: unknown): never {
  if (!(error instanceof DomainError) || error.code !== 'qr-refused') throw error
  throw new DomainError('code-refused', error.message, { cause: error })
}

const notFound = () =>
  new DomainError(
    'phone-not-found',
    'There is no sandbox phone with this id: check it, or list yours with GET /v1/sandbox/phones.',
  )

const unavailable = (cause: unknown) =>
  new DomainError('sandbox-unavailable', 'The sandbox does not answer: try again in a few seconds.', {
    cause,
    retryAfterSeconds: 2,
  })
