import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalized, objectionTo, passwordLength } from './password.ts'

const about = ['ada.lovelace@example.com', 'Ada Lovelace', 'Trattoria Ada']

test.each(['correct horse battery staple', 'vier tische neben dem ofen', 'лиса печатает зимой', 'xK9#pQ2$vL5@nR8w'])(
  '%s is taken',
  (password) => {
    expect(objectionTo(password, about)).toBeUndefined()
  },
)

test.each([
  'passwordpassword',
  '123456789012345',
  'aaaaaaaaaaaaaaaaaaaa',
  'qwertyuiopasdfgh',
  'abcabcabcabcabcabc',
  'adalovelaceadalovelace',
  'ada.lovelace@example.com',
  'wagatewagatewagate',
])('%s is easily guessed', (password) => {
  expect(objectionTo(password, about)).toContain('easily guessed')
})

test('length counts characters, not bytes or code units', () => {
  expect(objectionTo('🦊🎲🌋🧭🪁🥁🧊', [])).toContain(`at least ${passwordLength.least}`)
  expect(objectionTo('x9Kq'.repeat(40), [])).toContain(`at most ${passwordLength.most}`)
})

test('no character is forbidden and none is needed', () => {
  const long = fc.string({ unit: 'grapheme', minLength: 24, maxLength: 60 }).filter((text) => new Set(text).size > 14)
  fc.assert(
    fc.property(long, (password) => {
      fc.pre([...normalized(password)].length >= 20 && [...normalized(password)].length <= passwordLength.most)
      expect(objectionTo(password, [])).toBeUndefined()
    }),
    { numRuns: 50 },
  )
})

test('the same password typed in another form is the same', () => {
  expect(normalized('café')).toBe(normalized('cafe\u0301'))
})
