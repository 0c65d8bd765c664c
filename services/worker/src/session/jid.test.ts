import { expect, test } from 'vitest'
import { accountOf, isPerson, partyOfJid, splitJid } from './jid.ts'

const names = new Map([
  ['999100', '77'],
  ['77_reverse', '999100'],
])
const lookup = (id: string) => names.get(id)

test.each([
  ['999100@s.whatsapp.net', '999100', 's.whatsapp.net'],
  ['999100:12@s.whatsapp.net', '999100', 's.whatsapp.net'],
  ['77_1:3@lid', '77', 'lid'],
])('%s is a device of %s', (jid, user, server) => {
  expect(splitJid(jid)).toEqual({ user, server })
})

test('both names of a person are found from either', () => {
  const both = { phone: '+999100', lid: '77@lid' }
  expect(partyOfJid('999100:2@s.whatsapp.net', lookup)).toEqual(both)
  expect(partyOfJid('77@lid', lookup)).toEqual(both)
  expect(partyOfJid('78@lid', lookup)).toEqual({ lid: '78@lid' })
})

test('groups, broadcasts and channels are nobody', () => {
  expect(['1-2@g.us', 'status@broadcast', '12@newsletter', 'nonsense'].map(isPerson)).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(partyOfJid('nonsense', lookup)).toEqual({})
})

test('the account is who the credentials say', () => {
  expect(accountOf({ me: { id: '999100:4@s.whatsapp.net', lid: '77:4@lid' } })).toEqual({
    phone: '+999100',
    lid: '77@lid',
  })
  expect(accountOf({})).toBeUndefined()
})
