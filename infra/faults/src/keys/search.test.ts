import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { plantings } from './plant.ts'
import { privateKeysOf } from './private-keys.ts'
import { createKeySearch } from './search.ts'

const key = randomBytes(32)
const keys = [...Array.from({ length: 50 }, () => randomBytes(32)), key].map((bytes, n) => ({
  name: `key-${n}`,
  bytes,
}))
const search = createKeySearch(keys)

test.each(plantings(key))('a key that was printed as %s is found', (_, line) => {
  expect(search(`{"level":"info"}\n${line}\n`)).toContainEqual(expect.objectContaining({ key: 'key-50', line: 2 }))
})

test('the first half of a key is found', () => {
  expect(search(key.subarray(0, 16).toString('hex'))).not.toEqual([])
  expect(search(inspect(key.subarray(0, 12)))).not.toEqual([])
})

test('what is no key is not taken for one', () => {
  const lines = Array.from({ length: 200 }, () => {
    const bytes = randomBytes(40)
    return [bytes.toString('hex'), bytes.toString('base64'), JSON.stringify([...bytes])].join(' ')
  })
  expect(search(lines.join('\n'))).toEqual([])
})

test('the private keys of credentials are told from the public ones', () => {
  const pair = { private: randomBytes(32), public: randomBytes(32) }
  const creds = JSON.stringify({
    noiseKey: {
      private: { type: 'Buffer', data: pair.private.toString('base64') },
      public: { type: 'Buffer', data: pair.public.toString('base64') },
    },
    advSecretKey: key.toString('base64'),
  })
  const found = privateKeysOf([{ kind: 'KEYS', creds: Buffer.from(creds), mutations: {} }])
  expect(found.map(({ name }) => name)).toEqual(['creds.noiseKey.private', 'creds.advSecretKey'])
})
