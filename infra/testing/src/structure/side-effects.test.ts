import { expect, test } from 'vitest'
import { sources } from './tree.ts'

const production = sources().filter(({ isTest }) => !isTest)

/** Programs and their parse functions: the only files that look at the process they run in. */
const isEntry = (path: string): boolean =>
  /\/(main|config|admin|demo|migrate|provision|rebuild|rotate-keys|verify-audit)\.ts$/.test(path) ||
  environmentReaders.has(path)

const environmentReaders = new Set([
  'infra/faults/src/skew.ts', // a preload: nobody could hand it anything
  'infra/dev/src/servers/process.ts', // hands PATH and the like on to the servers it starts
])

test('only entry points read the environment', () => {
  expect(
    production.filter(({ code, path }) => /\bprocess\.env\b/.test(code) && !isEntry(path)).map(({ path }) => path),
  ).toEqual([])
})

test('only entry points install signal handlers or end the process', () => {
  const touchesProcess = /(?<![.\w])process\.(exit\(|on(ce)?\('(SIG|uncaught|unhandled))/
  const wrong = production.filter(({ code, path }) => touchesProcess.test(code) && !isEntry(path))
  expect(wrong.map(({ path }) => path).filter((path) => !/run-service\.ts$/.test(path))).toEqual([])
})

test('one file answers JetStream', () => {
  const wrong = production.filter(
    ({ code, path }) =>
      /\.(ack|nak|term)\(/.test(code) &&
      path !== 'services/runtime/src/settle.ts' &&
      !path.startsWith('services/sandbox/'),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('no source file is longer than 300 lines', () => {
  const long = sources().filter(({ text }) => text.split('\n').length > 301)
  expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1} lines`)).toEqual([])
})

test('types are never switched off', () => {
  const off = /@ts-(ignore|nocheck|expect-error)|\bas unknown as\b|\bas any\b/
  expect(
    sources()
      .filter(({ text, path }) => off.test(text) && !path.endsWith('side-effects.test.ts'))
      .map(({ path }) => path),
  ).toEqual([])
})
