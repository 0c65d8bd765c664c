// Short-lived tokens (JWT, RFC 7519): an API key is exchanged for one, so that browsers and devices never hold the key. Checked from
// memory; a token ends with its key.
import { jwtVerify, SignJWT } from 'jose'
import { DomainError } from '../http/problem.ts'
import { type Claims, claims } from './claims.ts'
import { algorithm, type SigningKeys } from './signing-keys.ts'

export type TokenDeps = {
  signingKeys: Pick<SigningKeys, 'current' | 'find'>
  /** Names this installation in its tokens. */
  publicUrl: string
  now: () => Date
}
export type Tokens = ReturnType<typeof createTokens>

const audience = 'wagate-api'

export function createTokens({ signingKeys, publicUrl, now }: TokenDeps) {
  return {
    /** Throws `broker-unavailable` when there is no key to sign with yet. */
    async issue({ sub, scope, exp, ...rest }: Omit<Claims, 'exp'> & { exp: Date }): Promise<string> {
      const signing = await signingKeys.current()
      if (!signing)
        throw new DomainError('broker-unavailable', 'There is no key to sign with yet: ask again in a few seconds.', {
          retryAfterSeconds: 2,
        })
      return new SignJWT({ ...rest, ...(scope && { scope: scope.join(' ') }) })
        .setProtectedHeader({ alg: algorithm, kid: signing.keyId, typ: 'at+jwt' })
        .setIssuer(publicUrl)
        .setAudience(audience)
        .setSubject(sub)
        .setIssuedAt(now())
        .setExpirationTime(exp)
        .sign(signing.key)
    },

    /** Undefined for whatever is no valid token of this installation. */
    async read(text: string): Promise<Claims | undefined> {
      try {
        const { payload } = await jwtVerify(
          text,
          async ({ kid = '' }) => {
            const key = await signingKeys.find(kid)
            if (!key) throw new Error('signed by a key that is not known')
            return key
          },
          { algorithms: [algorithm], issuer: publicUrl, audience, typ: 'at+jwt', currentDate: now() },
        )
        return claims.parse(payload)
      } catch {
        return undefined
      }
    },
  }
}

/** Three parts of base64url, the first one JSON; an API key has underscores and no dots. */
export const looksLikeToken = (text: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(text)
