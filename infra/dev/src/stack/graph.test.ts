import { expect, test } from 'vitest'
import { components } from './components.ts'
import { usersOf, uses, withNeeds } from './graph.ts'

const names = (list: { name: string }[]) => list.map(({ name }) => name)

test('one component brings everything it needs with it', () => {
  expect(names(withNeeds(['webhooks']))).toEqual(['nats', 'postgres', 'webhooks'])
  expect(names(withNeeds(['s3']))).toEqual(['s3'])
})

test('every need is listed before its user, so a start can never wait for itself', () => {
  for (const [index, component] of components.entries()) {
    const before = names(components.slice(0, index))
    for (const need of uses(component)) expect(before).toContain(need)
  }
})

test('the gateway brings the mail server that its mails go to', () => {
  expect(names(withNeeds(['gateway']))).toEqual(['nats', 'postgres', 'mail', 'gateway'])
})

test('the broker stops after everything that uses it', () => {
  expect(names(usersOf('nats'))).toEqual(['gateway', 'worker', 'projector', 'webhooks', 'scheduler'])
})
