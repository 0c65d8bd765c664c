import { expect, test } from 'vitest'
import { formatJid, parseUserJid } from './jid.ts'

test.each([
  ['999000000001@s.whatsapp.net', { mode: 'pn', user: '999000000001', device: 0 }],
  ['999000000001:7@s.whatsapp.net', { mode: 'pn', user: '999000000001', device: 7 }],
  ['100000000000001@lid', { mode: 'lid', user: '100000000000001', device: 0 }],
  ['100000000000001:254@lid', { mode: 'lid', user: '100000000000001', device: 254 }],
] as const)('%s is read and written back', (jid, address) => {
  expect(parseUserJid(jid)).toEqual(address)
  expect(formatJid(address)).toBe(jid)
})

test.each(['120363000000000000@g.us', 'status@broadcast', '@s.whatsapp.net', 'x@lid', '999000000001', '', undefined])(
  '%s is not the address of a person',
  (jid) => {
    expect(parseUserJid(jid)).toBeUndefined()
  },
)
