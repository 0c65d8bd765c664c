import { expect, test } from 'vitest'
import { shownPath } from './shown-path.ts'

test('ids are shown, and whatever is no id is not', () => {
  const session = 'ses_01KAH2Z6W4V8D9Q3N5R7T1XYZC'
  expect(shownPath('/v1/sessions/{session_id}/messages', `/v1/sessions/${session}/messages`)).toBe(
    `/v1/sessions/${session}/messages`,
  )
  expect(shownPath('/v1/api-keys/{key_id}', '/v1/api-keys/Ab12Cd34')).toBe('/v1/api-keys/Ab12Cd34')
  for (const words of ['+15551234567', '15551234567', 'ada@example.com', 'wgk_live_abc-secret', '%2e%2e', ''])
    expect(shownPath('/v1/contacts/{contact}', `/v1/contacts/${words}`)).toBe('/v1/contacts/{contact}')
})
