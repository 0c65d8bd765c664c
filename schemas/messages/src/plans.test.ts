import { expect, test } from 'vitest'
import { limitNames, limitsWith, planNames, plans } from './plans.ts'

test('a bigger plan has no smaller limit than the one below it', () => {
  for (const [n, name] of planNames.entries()) {
    const below = planNames[n - 1]
    if (below === undefined) continue
    for (const limit of limitNames)
      expect(plans[name].limits[limit], `${name} ${limit}`).toBeGreaterThanOrEqual(plans[below].limits[limit])
  }
})

test('what is agreed stands in place of the plan’s, and leaves the rest as it is', () => {
  const agreed = limitsWith('pro', { liveSessions: 7, members: 0, apiKeys: undefined })
  expect(agreed).toEqual({ ...plans.pro.limits, liveSessions: 7, members: 0 })
  expect(plans.pro.limits.liveSessions).toBe(5)
})

test('resolved limits are written in one order, so that equal ones are equal as text', () => {
  expect(Object.keys(limitsWith('max', { retentionDays: 1, liveSessions: 2 }))).toEqual(limitNames)
})

test('a month holds many minutes of sending at the limit: gateways that count apart for seconds are not far off', () => {
  for (const name of planNames) {
    const { messagesPerMinute, messagesPerMonth } = plans[name].limits
    expect(messagesPerMonth / messagesPerMinute, name).toBeGreaterThan(50)
  }
})
