import { type MasterKey, openSecret, sealSecret } from '@wagate/runtime/seal.ts'
import { z } from 'zod'
import { type IdempotencyDeps, runOnce } from './idempotency.ts'
import type { Call } from './route.ts'

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'))
const stored = z.object({ kekId: z.string(), iv: bytes, ciphertext: bytes, tag: bytes })

/** How an idempotency record keeps an answer that holds a secret. */
const sealedAnswer = (master: MasterKey, tenantId: string) => ({
  close(body: unknown) {
    const { kekId, ...parts } = sealSecret(master, `${tenantId}|answer`, JSON.stringify(body))
    const text = Object.entries(parts).map(([name, value]) => [name, Buffer.from(value).toString('base64')])
    return { kekId, ...Object.fromEntries(text) }
  },
  open: (body: unknown): unknown => JSON.parse(openSecret(master, `${tenantId}|answer`, stored.parse(body))),
})

/** What was made, or given a new secret: a repeat finds only the answer that says so. */
const made = z.object({ id: z.string() })

/** Runs the request at most once per `Idempotency-Key`, and answers; what is kept of the answer for a repeat is sealed. */
export async function answerSecretOnce(
  deps: IdempotencyDeps & { masterKey: MasterKey },
  call: Pick<Call<string, unknown, unknown>, 'caller' | 'origin' | 'body' | 'json' | 'note'>,
  run: () => Promise<{ status: number; body: unknown }>,
): Promise<Response> {
  const seal = sealedAnswer(deps.masterKey, call.caller.tenantId)
  const done = await runOnce(deps, call.caller, call.origin, { body: call.body, run, seal })
  call.note({ targets: [made.parse(done.body).id] })
  return call.json(done.status, done.body, done.headers)
}
