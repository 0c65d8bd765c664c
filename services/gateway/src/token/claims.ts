// What a token says: of which key or person it is, and what of those rights it carries.
import { tokenScopes } from '@wagate/api/token.ts'
import { mode } from '@wagate/messages/envelope.ts'
import { z } from 'zod'

type TokenScope = (typeof tokenScopes)[number]

/** RFC 7519 and RFC 9068 (`scope`, with spaces); the others are ours. */
export const claims = z.object({
  /** The id of an API key, or of a person; of a support access those of its operator. */
  sub: z.string(),
  person: z.literal(true).optional(),
  /** The id of the support access with which the operator `sub` looks into the tenant. */
  support: z.string().optional(),
  tenant: z.string(),
  mode,
  /** Absent in a person's own token: all that his role may. */
  scope: z
    .string()
    .transform((text) => text.split(' ').filter((one): one is TokenScope => isTokenScope(one)))
    .optional(),
  sessions: z.array(z.string()).optional(),
  exp: z.number(),
})
export type Claims = z.infer<typeof claims>

const isTokenScope = (text: string): text is TokenScope => tokenScopes.some((scope) => scope === text)
