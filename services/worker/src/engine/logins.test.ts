import { expect, test } from 'vitest'
import { createLogins, type LoginsDeps } from './logins.ts'

function world(more: Partial<Pick<LoginsDeps, 'atOnce' | 'firstAtOnce' | 'proxiedAtOnce'>> = {}) {
  const limits = { atOnce: 3, firstAtOnce: 2, proxiedAtOnce: 2, ...more }
  const asked: string[] = []
  const open: { name: string; done: () => void }[] = []
  const logins = createLogins({ ask: (egress) => asked.push(egress), ...limits })
  const enter = (
    name: string,
    options: { egress?: string; proxy?: string; isFirst?: boolean; wanted?: () => boolean } = {},
  ) =>
    logins.enter({
      egress: options.egress,
      proxy: options.proxy,
      isFirst: options.isFirst ?? false,
      begin: (done) => {
        if (options.wanted && !options.wanted()) return false
        open.push({ name, done })
        return true
      },
    })
  const names = () => open.map(({ name }) => name)
  const end = (name: string) => open.find((one) => one.name === name)?.done()
  return { asked, enter, names, end, logins }
}

test('so many log in at once, the others in order as places become free', () => {
  const { enter, names, end } = world()
  for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name)
  expect(names()).toEqual(['a', 'b', 'c'])
  end('b')
  end('b') // an open socket that closes is one end
  expect(names()).toEqual(['a', 'b', 'c', 'd'])
})

test('proxies that do not answer leave places to those who need none', () => {
  const { enter, names, end } = world({ atOnce: 4, proxiedAtOnce: 2 })
  for (const name of ['x1', 'x2', 'x3']) enter(name, { proxy: 'proxy.example:3128' })
  for (const name of ['a', 'b', 'c']) enter(name)
  expect(names()).toEqual(['x1', 'x2', 'a', 'b'])
  end('a')
  end('x1')
  expect(names()).toEqual(['x1', 'x2', 'a', 'b', 'c', 'x3'])
})

test('no more than two make their one-time keys at once, and others pass them', () => {
  const { enter, names, end } = world({ atOnce: 10, firstAtOnce: 2 })
  for (const name of ['p1', 'p2', 'p3']) enter(name, { isFirst: true })
  enter('a')
  expect(names()).toEqual(['p1', 'p2', 'a'])
  end('p1')
  expect(names()).toEqual(['p1', 'p2', 'a', 'p3'])
})

test('a login to WhatsApp waits until the supervisor has granted it; one to the sandbox does not', () => {
  const { enter, names, asked, logins } = world()
  enter('live', { egress: 'direct' })
  enter('test')
  expect(asked).toEqual(['direct'])
  expect(names()).toEqual(['test'])
  logins.granted('direct')
  expect(names()).toEqual(['test', 'live'])
  logins.granted('direct')
  expect(names()).toEqual(['test', 'live'])
})

test('a session that went away while it waited leaves its turn to the next', () => {
  const { enter, names, logins } = world()
  let wanted = true
  enter('gone', { egress: 'direct', wanted: () => wanted })
  enter('next', { egress: 'direct' })
  wanted = false
  logins.granted('direct')
  expect(names()).toEqual(['next'])
  enter('later')
  enter('last')
  expect(names()).toEqual(['next', 'later', 'last'])
  expect(logins.waiting()).toBe(0)
})
