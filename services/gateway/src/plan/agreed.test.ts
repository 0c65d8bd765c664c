import { planLimits } from '@wagate/api/plan.ts'
import { limitNames, plans } from '@wagate/messages/plans.ts'
import { expect, test } from 'vitest'
import { overridesOfAgreed, presentAgreed } from './agreed.ts'

test('every limit can be agreed on under its name in the API, and comes back as it was', () => {
  const { limits } = plans.enterprise
  const agreed = presentAgreed(limits)
  expect(Object.keys(agreed).toSorted()).toEqual(Object.keys(planLimits.shape).toSorted())
  expect(overridesOfAgreed(agreed)).toEqual(limits)
  for (const name of limitNames) expect(overridesOfAgreed(presentAgreed({ [name]: 0 }))).toEqual({ [name]: 0 })
})
