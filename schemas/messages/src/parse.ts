// Bytes from the broker → a typed message. A reason names fields and never quotes values: they may be somebody's words.
import type { z } from 'zod'

/** Made once: making it costs as much as parsing an event. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON text → schema → result, with a reason that is safe to log. */
export function parseJson<Value, Result>(
  bytes: Uint8Array,
  schema: z.ZodType<Value>,
  accept: (value: Value) => Result,
): Result | { ok: false; reason: string } {
  let json: unknown
  try {
    json = JSON.parse(utf8.decode(bytes))
  } catch {
    return { ok: false, reason: 'not JSON' }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return accept(parsed.data)
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`)
  return { ok: false, reason: fields.slice(0, 5).join('; ') }
}
