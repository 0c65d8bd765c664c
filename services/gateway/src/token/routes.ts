import { createToken, token } from '@wagate/api/token.ts'
import { actorId } from '../access/actor.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { checkScopesToGive } from '../access/check-scope.ts'
import type { App } from '../app.ts'
import { invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Tokens } from './tokens.ts'

export type TokenRouteDeps = { tokens: Tokens; signingKeys: Pick<SigningKeys, 'published'>; now: () => Date }

export function tokenRoutes(app: App, mount: Mount, deps: TokenRouteDeps): void {
  app.get('/.well-known/jwks.json', (c) =>
    c.json(deps.signingKeys.published(), 200, { 'cache-control': 'public, max-age=60' }),
  )

  mount(
    {
      method: 'post',
      path: '/v1/tokens',
      audit: 'token.issued',
      scope: 'tokens:write',
      bySession: true,
      tag: 'API keys',
      summary: 'Make a token for a browser or a device',
      description:
        'Reads for a short time what your API key may read, and nothing else: give it to code that you cannot trust with the key. It ends with the key, or with the token of the person who asks for it. Each answer is a token of its own, with an `Idempotency-Key` too. Verify it with `/.well-known/jwks.json`.',
      body: createToken,
      answers: { 201: { description: 'The token.', schema: token } },
    },
    async (call) => {
      const { caller, body } = call
      checkScopesToGive(caller, body.scopes)
      const strange = body.session_ids?.filter((id) => !reaches(caller, id)) ?? []
      if (strange.length > 0) throw invalid('session_ids', `Your API key does not reach ${strange.join(', ')}.`)
      const sessions = body.session_ids ?? caller.sessionIds
      const exp = new Date(Math.min(deps.now().getTime() + body.expires_in * 1_000, endOf(caller)))
      const text = await deps.tokens.issue({
        ...{ sub: actorId(caller.actor), tenant: caller.tenantId, mode: caller.mode, scope: body.scopes, exp },
        ...(caller.actor.kind === 'person' && { person: true as const }),
        ...(sessions && { sessions: [...sessions] }),
      })
      call.note({
        targets: [actorId(caller.actor)],
        changes: { scopes: body.scopes, sessions: sessions?.length ?? null, expires_at: exp.toISOString() },
      })
      return call.json(201, {
        token: text,
        scopes: body.scopes,
        session_ids: sessions ?? null,
        expires_at: exp.toISOString(),
      })
    },
  )
}

/** In ms since 1970. A token never outlives what it was made with, be that a key or a person's own token. */
const endOf = ({ expiresAt, tokenUntil }: Caller): number =>
  Math.min(
    expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
    tokenUntil === undefined ? Number.POSITIVE_INFINITY : tokenUntil * 1_000,
  )
