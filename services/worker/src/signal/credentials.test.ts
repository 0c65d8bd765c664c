import { initAuthCreds } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { openCredentials, packCredentials } from './credentials.ts'

const me = { id: '999100200300@s.whatsapp.net', name: '~' }

test('credentials that asked for a pairing code are stored without the code, and as nobody', () => {
  const creds = { ...initAuthCreds(), me, pairingCode: 'ABCD1234', registered: true }
  const packed = packCredentials(creds)
  expect(Buffer.from(packed).toString()).not.toContain('ABCD1234')
  const { pairingCode: _, me: __, ...rest } = creds
  expect(openCredentials(packed)).toEqual({ ...rest, registered: false })
})

test('credentials of a linked account keep whose they are, and not the code', () => {
  const account = { details: Buffer.from('details') }
  const creds = { ...initAuthCreds(), me, account, pairingCode: 'ABCD1234', registered: true }
  const opened = openCredentials(packCredentials(creds))
  expect(opened).toMatchObject({ me, registered: true })
  expect(opened.pairingCode).toBeUndefined()
})
