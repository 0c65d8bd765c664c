// What tokens are signed with, without a broker.
import { randomBytes } from 'node:crypto'
import { signingKeyRecord } from '@wagate/messages/control.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { mirror } from '@wagate/runtime/mirror.ts'
import { createSigningKeys } from '../token/signing-keys.ts'
import { createTokens } from '../token/tokens.ts'

export async function fakeSigning(now: () => Date) {
  const bucket = fakeBucket('signing_keys')
  const known = await mirror(bucket, signingKeyRecord, { logger: silentLogger() })
  const masterKey = { id: 'test', key: randomBytes(32) }
  const signingKeys = createSigningKeys({ bucket, known, masterKey, now })
  await signingKeys.refresh()
  return { masterKey, signingKeys, tokens: createTokens({ signingKeys, publicUrl: 'http://localhost:8080', now }) }
}
