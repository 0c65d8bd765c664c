import { expect, test } from 'vitest'
import { failureOf, ProxyFailed } from './failed.ts'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })

test.each([
  [coded('ECONNREFUSED'), 'unreachable'],
  [coded('ECONNRESET'), 'unreachable'],
  [coded('ENETUNREACH'), 'unreachable'],
  [coded('ENOTFOUND'), 'name_unknown'],
  [coded('EAI_AGAIN'), 'name_unknown'],
  [coded('EADDRNOTALLOWED'), 'address_not_allowed'],
  [coded('ETIMEDOUT'), 'timeout'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate'],
  [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'certificate'],
  [coded('CERT_HAS_EXPIRED'), 'certificate'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate'],
  [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'certificate'],
  [coded('HPE_INVALID_CONSTANT'), 'rejected'],
  [new Error('Socks5 Authentication failed'), 'credentials'],
  [new Error('Received invalid Socks5 initial handshake (no accepted authentication type)'), 'credentials'],
  [new Error('Received invalid Socks5 initial handshake (invalid socks version)'), 'rejected'],
  [new Error('Socks5 proxy rejected connection - HostUnreachable'), 'rejected'],
  [new Error('Socket closed'), 'unreachable'],
  [new ProxyFailed('no_whatsapp'), 'no_whatsapp'],
  ['no error at all', 'unreachable'],
])('%s is %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure)
})

test('its message names the failure and nothing else', () => {
  expect(new ProxyFailed('credentials').message).toBe('the proxy does not let it through: credentials')
})
