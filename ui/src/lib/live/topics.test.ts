import { expect, test } from 'vitest'
import { topicsOf } from './topics.ts'

test('whatever happens to a session has lists of sessions read again, a new name too', () => {
  for (const type of ['session.connected', 'session.updated']) expect(topicsOf(type)).toContain('sessions')
})

test('typing has nothing read, and what a page knows nothing of changes nothing on it', () => {
  for (const type of ['chat.typing', 'tomorrow.invented']) expect(topicsOf(type)).toEqual([])
})
