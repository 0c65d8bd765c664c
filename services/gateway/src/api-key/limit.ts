// How many keys an account may have: those that work by its plan, and those that ended until they are forgotten.
import { limitsOf } from '@wagate/messages/control.ts'
import type { Caller } from '../access/authenticate.ts'
import type { KeyControl } from '../control/keys.ts'
import { DomainError } from '../http/problem.ts'

/** All but the newest 100 of a mode are forgotten within a minute, so nobody meets this by using keys. */
export const maxEndedKeys = 1_000

/** Throws `api-key-limit-reached`. Two requests at once may exceed the limit by one. */
export async function checkNewKey(keys: Pick<KeyControl, 'count'>, { tenantId, mode, tenant }: Caller): Promise<void> {
  const { apiKeys: limit } = limitsOf(tenant)
  const { usable, ended } = await keys.count(tenantId, mode)
  checkEnded(ended)
  if (usable >= limit)
    throw new DomainError(
      'api-key-limit-reached',
      `This account may have ${limit} API keys of a mode that work: revoke one with DELETE /v1/api-keys/{id}, or choose a bigger plan with POST /v1/plan.`,
    )
}

/** The old key works on for the overlap, so that all keys may be on the way at once, and no more. Throws `api-key-limit-reached`. */
export async function checkRotation(
  keys: Pick<KeyControl, 'count'>,
  { tenantId, mode, tenant }: Caller,
): Promise<void> {
  const limit = 2 * limitsOf(tenant).apiKeys
  const { usable, ended } = await keys.count(tenantId, mode)
  checkEnded(ended)
  if (usable >= limit)
    throw new DomainError(
      'api-key-limit-reached',
      'Too many API keys work on after they were rotated: wait until their overlap is over, or revoke some with DELETE /v1/api-keys/{id}.',
    )
}

function checkEnded(ended: number): void {
  if (ended >= maxEndedKeys)
    throw new DomainError(
      'api-key-limit-reached',
      `This account has ended ${ended} API keys of a mode within minutes: wait a minute, until the oldest are forgotten.`,
      { retryAfterSeconds: 60 },
    )
}
