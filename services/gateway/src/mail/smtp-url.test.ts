import { expect, test } from 'vitest'
import { parseMailFrom, parseSmtpUrl } from './smtp-url.ts'

test('a URL gives host, port, login and how it is encrypted', () => {
  expect(parseSmtpUrl('smtp://ada%40example.com:p%2Fw@mail.example.com', 'required')).toEqual({
    ...{ host: 'mail.example.com', port: 587, secure: false, starttls: 'required' },
    login: { user: 'ada@example.com', pass: 'p/w' },
  })
  expect(parseSmtpUrl('smtps://mail.example.com/', 'required')).toMatchObject({
    port: 465,
    secure: true,
    login: undefined,
  })
  expect(parseSmtpUrl('smtp://[::1]:1025?starttls=never', 'required')).toMatchObject({ host: '::1', starttls: 'never' })
  expect(parseSmtpUrl('smtp://127.0.0.1:1025', 'optional')).toMatchObject({ port: 1025, starttls: 'optional' })
})

test.each([
  'mail.example.com',
  'http://mail.example.com',
  'smtp://',
  'smtp://a:b@mail.example.com/inbox',
  'smtp://mail.example.com?starttls=maybe',
  'smtp://mail.example.com?tls.rejectUnauthorized=false',
  'smtp://u:%zz@mail.example.com',
])('%s is refused, and not quoted', (bad) => {
  expect(() => parseSmtpUrl(bad, 'required')).toThrow(RangeError)
  expect(() => parseSmtpUrl(bad, 'required')).toThrow(/^(?!.*example)/)
})

test('a sender is a name and an address, or the address', () => {
  expect(parseMailFrom('Wagate <no-reply@example.com>')).toEqual({ name: 'Wagate', address: 'no-reply@example.com' })
  expect(parseMailFrom(' no-reply@example.com ')).toEqual({ name: '', address: 'no-reply@example.com' })
})

test.each(['', 'Wagate', 'a@b@c', '<a@b', 'A <a@b>, B <b@c>', 'A\r\nBcc: x <a@b>'])('%j is no sender', (bad) => {
  expect(() => parseMailFrom(bad)).toThrow(RangeError)
})
