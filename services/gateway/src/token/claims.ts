// What a token says: of which key it is, and what of that key's rights it carries.
import { tokenScopes } from '@wagate/api/token.ts'
import { mode } from '@wagate/messages/envelope.ts'
import { z } from 'zod'

type TokenScope = (typeof tokenScopes)[number]

/** RFC 7519 and RFC 9068 (`scope`, with spaces); `sessions` and `mode` are ours. */
export const claims = z.object({
  sub: z.string(),
  tenant: z.string(),
  mode,
  scope: z.string().transform((text) => text.split(' ').filter((one): one is TokenScope => isTokenScope(one))),
  sessions: z.array(z.string()).optional(),
  exp: z.number(),
})
export type Claims = z.infer<typeof claims>

const isTokenScope = (text: string): text is TokenScope => tokenScopes.some((scope) => scope === text)
