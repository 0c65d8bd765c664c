// Limits that were agreed with one account, between the API's names and ours. Pure.
import type { AgreedLimits } from '@wagate/api/admin-tenant.ts'
import { type LimitName, type LimitOverrides, limitNames } from '@wagate/messages/plans.ts'

/** `liveSessions` → `live_sessions`. */
const apiName = (name: LimitName): keyof AgreedLimits =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as keyof AgreedLimits

export function overridesOfAgreed(agreed: AgreedLimits): LimitOverrides {
  const overrides: LimitOverrides = {}
  for (const name of limitNames) {
    const limit = agreed[apiName(name)]
    if (limit !== undefined) overrides[name] = limit
  }
  return overrides
}

export const presentAgreed = (overrides: LimitOverrides): AgreedLimits =>
  Object.fromEntries(
    limitNames.flatMap((name) => (overrides[name] === undefined ? [] : [[apiName(name), overrides[name]]])),
  )
