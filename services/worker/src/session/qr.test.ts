import { expect, test } from 'vitest'
import { withSecret } from './qr.ts'

test('a QR string is shown with the secret that holds now', () => {
  const qr = 'https://wa.me/settings/linked_devices#2@ref,noise,identity,old=,1'
  expect(withSecret(qr, 'new=')).toBe('https://wa.me/settings/linked_devices#2@ref,noise,identity,new=,1')
})

test('what is written otherwise is left as it is', () => {
  expect(withSecret('2@ref,noise,identity,old=', 'new=')).toBe('2@ref,noise,identity,old=')
})
