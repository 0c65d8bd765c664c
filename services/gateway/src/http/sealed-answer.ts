import { sealedText } from '@wagate/messages/sealed.ts'
import { type MasterKey, openText, sealText } from '@wagate/runtime/seal.ts'
import { z } from 'zod'
import { type IdempotencyDeps, runOnce } from './idempotency.ts'
import type { Call } from './route.ts'

/** How an idempotency record keeps an answer that holds a secret. */
const sealedAnswer = (master: MasterKey, tenantId: string) => ({
  close: (body: unknown) => sealText(master, `${tenantId}|answer`, JSON.stringify(body)),
  open: (body: unknown): unknown => JSON.parse(openText(master, `${tenantId}|answer`, sealedText.parse(body))),
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
