import { expect, test } from 'vitest'
import { createAccount } from './account/account.ts'
import { createFaults } from './faults.ts'
import { node } from './wire/node.ts'

const account = (id: string, realm: string) => createAccount({ id, realm, number: `999${id}`, lid: `1${id}`, name: id })
const alice = account('1', 'red')
const bob = account('2', 'blue')

test('a fault of a realm or of a phone reaches nobody else', () => {
  const faults = createFaults()
  faults.change({ realm: 'red' }, { delayMs: 40, refuseLogins: 403 })
  faults.change({ phone: '1' }, { delayMs: 2, holdAcks: true })
  expect([faults.delayMs(alice), faults.delayMs(bob)]).toEqual([42, 0])
  expect([faults.holdsAcks(alice), faults.holdsAcks(bob)]).toEqual([true, false])
  expect([faults.refusesLogin(alice), faults.refusesLogin(bob)]).toEqual([403, undefined])
  faults.change({ realm: 'red' }, { refuseLogins: null })
  expect(faults.refusesLogin(alice)).toBeUndefined()
})

test('a drop loses as many matching frames as were ordered', () => {
  const faults = createFaults()
  faults.change({ phone: '1' }, { drop: { direction: 'from_client', tag: 'receipt', count: 2 } })
  const receipt = node('receipt', { id: 'A' })
  const lost = [
    faults.drops(alice, 'to_client', receipt),
    faults.drops(alice, 'from_client', node('message', { id: 'A' })),
    faults.drops(alice, 'from_client', receipt),
    faults.drops(alice, 'from_client', receipt),
    faults.drops(alice, 'from_client', receipt),
  ]
  expect(lost).toEqual([false, false, true, true, false])
})
